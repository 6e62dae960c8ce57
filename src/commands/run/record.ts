import type { App } from '../../app.ts';
import type { Judged } from '../../ledger/ledger.ts';
import { warningLines } from '../../report/plan/plan-text.ts';
import { subjectName } from '../../report/receipt/receipt-text.ts';
import { count } from '../../report/words.ts';
import type { Confirmation } from '../../requests/confirmation.ts';
import { judge, judgeNew } from '../../requests/conflicts.ts';
import { rowIdentity } from '../../requests/identity.ts';
import { modeOfSteps } from '../../requests/plan/erase.ts';
import {
  type OwnDetails,
  type Plan,
  type ProviderPlan,
  idWarningsOf,
  wantedSteps,
} from '../../requests/plan/plan.ts';
import type { PlanPage, Sightings } from '../../requests/plan/preview.ts';
import type { Action, Operation, PlannedRequest, Subject } from '../../requests/request.ts';
import { type Sample, type Sampling, createSample } from '../../requests/sample.ts';
import { isSettled } from '../../requests/state.ts';
import type { SubjectRow, SubjectTable } from '../../subjects/subjects.ts';
import { type Guard, enforce, guard } from '../shared/guards.ts';
import { invocation } from '../shared/output.ts';
import { PAGE, throwIfStopped, toDo } from './run.ts';
import type { DetailsSource } from './task.ts';

/** What a run would record: everybody in a subject table for whom there is something to do. */
export interface RequestPlan extends Pick<PlannedRequest, 'action' | 'mode' | 'acceptPartial'> {
  subjectTable: SubjectTable;
  /** `--new`. */
  isNew: boolean;
  /** Rows of a CSV have an identity, named users have none. */
  isCsv: boolean;
  /** What is planned for everybody. */
  providerPlans: readonly ProviderPlan[];
  details: DetailsSource;
  /** The planner: one request for each of the subjects, in their order. */
  plan(page: SubjectPage): Promise<Plan | PlanPage>;
}

interface SubjectPage {
  subjects: readonly Subject[];
  /** What rows say for themselves, in the order of the subjects. */
  own: readonly OwnDetails[];
  sightings: Sightings;
}

/**
 * The plan of these rows: made when it is first asked for, with what was seen of their subjects by
 * then, and kept in the subject table.
 */
export async function planned(
  requestPlan: RequestPlan,
  rows: readonly SubjectRow[],
  sightings: Sightings = new Map(),
): Promise<PlanPage> {
  const { action, subjectTable, details } = requestPlan;
  let kept = subjectTable.planned(rows);
  if (kept === null) {
    const subjects = rows.map(({ subject }) => subject);
    const page = await requestPlan.plan({ subjects, own: details.own(rows), sightings });
    const found = 'found' in page ? page.found : [];
    kept = rows.flatMap((row, at) => {
      const request = page.requests[at];
      if (request === undefined) return [];
      const identity = requestPlan.isCsv ? { identity: identityOf(requestPlan, row) } : {};
      return [{ request: { ...request, ...identity }, found: found[at] ?? [] }];
    });
    subjectTable.note(kept.map((each, at) => ({ line: rows[at]?.line ?? 0, planned: each })));
  }
  return {
    action,
    looked: sightings.size > 0,
    requests: kept.map(({ request }) => request),
    found: kept.map(({ found }) => found),
  };
}

/** Who and what a row of a CSV is about (docs/spec.md 6), from the row and the options alone. */
function identityOf(
  { action, mode, acceptPartial = false, providerPlans, details }: RequestPlan,
  row: SubjectRow,
): string {
  const { subject } = row;
  const steps = wantedSteps(subject, providerPlans);
  const own = { action, mode: modeOfSteps(mode, steps), acceptPartial, subject, steps };
  return rowIdentity(own, details.written(row));
}

/** A row that was settled longer ago is asked for again, ms. */
const RECENT = 30 * 86_400_000;

/**
 * Notes which rows of a CSV were settled lately (docs/spec.md 6), so that nothing is done for them.
 * Answers with how many they are, which is said; none with `--new`.
 */
export async function skipSettled(plan: RequestPlan, app: App): Promise<number> {
  const { subjectTable, isCsv, isNew } = plan;
  if (!isCsv || isNew) return 0;
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return 0;
  const since = app.host.clock.now() - RECENT;
  let skipped = 0;
  for (const rows of subjectTable.pages(PAGE)) {
    await throwIfStopped(app.host);
    const identities = rows.map((row) => identityOf(plan, row));
    const known = await ledger.identified(identities);
    const notes = rows.flatMap(({ line }, index) => {
      const last = known.get(identities[index] ?? '');
      if (last === undefined || last.isUndone || !isSettled(last.state)) return [];
      if ((last.finishedAt ?? 0) <= since) return [];
      return [{ line, requestId: last.requestId, disposition: 'skipped' as const }];
    });
    subjectTable.note(notes);
    skipped += notes.length;
  }
  if (skipped > 0 && !app.flags.quiet) {
    app.host.stderr.write(
      `Note: ${count(skipped, 'row')} skipped: settled within 30 days (--new asks again).\n`,
    );
  }
  return skipped;
}

/** How much a run has before it. */
export interface Workload {
  people: number;
  steps: number;
  /** Steps that are not sent yet, by operation. */
  unsent: ReadonlyMap<Operation, number>;
}

export const NO_WORKLOAD: Workload = { people: 0, steps: 0, unsent: new Map() };

/**
 * Puts a plan into the ledger, page by page, and notes in the subject table which request each row has,
 * those that are open already and carried on included. An erase or a restore is recorded with its
 * `confirmation`, in one transaction; what there is to notice has been said before the question then.
 * Throws GdprError `guard` when another request stands in the way: what was recorded before it is
 * planned, and not sent.
 */
export async function recordAll(
  plan: RequestPlan,
  app: App,
  confirmation?: Confirmation,
): Promise<Workload> {
  const { subjectTable, action } = plan;
  const ledger = await app.ledger();
  const warnings = createSample<string>();
  const open = createSample<Carried>();
  const unsent = new Map<Operation, number>();
  let people = 0;
  let steps = 0;
  for await (const rows of toDo(subjectTable, app)) {
    const { requests } = await planned(plan, rows);
    const at = app.host.clock.now();
    const opened = await ledger.open(requests, judgeOf(plan), at, confirmation);
    const refused = conflictOf(action, sampled(opened, 'conflict'), app);
    enforce(people === 0 ? refused : refused.map((each) => halfway(each, people)));
    app.begin();
    for (const each of requests) for (const warning of idWarningsOf(each)) warnings.add(warning);
    sampled(opened, 'carry', open);
    subjectTable.note(
      opened.map(({ wanted, verdict }, index) => ({
        line: rows[index]?.line ?? 0,
        requestId: verdict.kind === 'carry' ? verdict.requestId : wanted.id,
        disposition: verdict.kind === 'carry' ? ('carried' as const) : ('recorded' as const),
      })),
    );
    people += rows.length;
    for (const { operation } of requests.flatMap((each) => each.steps)) {
      steps += 1;
      unsent.set(operation, (unsent.get(operation) ?? 0) + 1);
    }
  }
  if (confirmation === undefined && !app.flags.quiet) {
    const lines = [...warningLines(warnings.taken()), ...carriedLines(open.taken())];
    for (const line of lines) app.host.stderr.write(`${line}\n`);
  }
  return { people, steps, unsent };
}

/** How a plan's requests are judged against those that stand. */
export function judgeOf({ isNew }: RequestPlan): typeof judge {
  return isNew ? judgeNew : judge;
}

/** Adds those with this verdict: whom a request is wanted for, and the one that is there. */
export function sampled(
  opened: readonly Judged[],
  kind: 'carry' | 'conflict',
  sample = createSample<Carried>(),
): Sampling<Carried> {
  for (const { wanted, verdict } of opened) {
    if (verdict.kind !== kind) continue;
    sample.add({ who: subjectName(wanted.subject.userId), requestId: verdict.requestId });
  }
  return sample;
}

/** So many are named. */
const NAMED = 5;

/** Says of requests that are open already that they are carried on. */
export function carriedLines({ first, number }: Sample<Carried>): readonly string[] {
  if (number > NAMED) {
    return [
      `${count(number, 'request')} were open already and are carried on as they are (--new makes others).`,
    ];
  }
  return first.map(
    ({ who, requestId }) =>
      `${who}: request ${requestId} is open and is carried on, with the reference, date and folder it has (--new makes another).`,
  );
}

/** Somebody for whom a request is wanted, and the request that is there. */
export interface Carried {
  who: string;
  requestId: string;
}

/** Why a plan cannot be recorded now, in view of all of its pages. Records nothing. */
export async function conflictsOf(plan: RequestPlan, app: App): Promise<Guard[]> {
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return [];
  const sample = createSample<Carried>();
  for await (const rows of toDo(plan.subjectTable, app)) {
    const { requests } = await planned(plan, rows);
    sampled(await ledger.weigh(requests, judgeOf(plan)), 'conflict', sample);
  }
  return conflictOf(plan.action, sample, app);
}

/** Requests that stand in the way (docs/spec.md 3, one at a time). */
export function conflictOf(action: Action, conflicts: Sampling<Carried>, { flags }: App): Guard[] {
  const { first, number } = conflicts.taken();
  if (number === 0) return [];
  const others = [...new Set(first.map(({ requestId }) => requestId))];
  const more = number > first.length ? ` and ${count(number - first.length, 'other')}` : '';
  const who = `${first.map((each) => each.who).join(', ')}${more}`;
  const message = `Refused: another request stands in the way of this ${action} (${who}): ${others.join(', ')}${more}.`;
  const next = `Nothing was sent. Finish the other first: ${invocation(flags)} resume ${others[0] ?? ''}`;
  return [guard(message, next, others)];
}

/** It came up after the plan was agreed to: another process was faster. */
function halfway({ message, requestIds }: Guard, people: number): Guard {
  return guard(
    message,
    `Nothing was sent. ${count(people, 'request')} of this run ${people === 1 ? 'is' : 'are'} recorded: once the other is finished, the same command goes on.`,
    requestIds,
  );
}

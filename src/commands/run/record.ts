import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { Opened } from '../../ledger/ledger.ts';
import { warningLines } from '../../report/notices.ts';
import { subjectName } from '../../report/receipt/receipt-text.ts';
import { count } from '../../report/words.ts';
import type { Confirmation } from '../../requests/confirmation.ts';
import { judge, judgeNew } from '../../requests/conflicts.ts';
import { idWarningsOf } from '../../requests/plan/plan.ts';
import type { Action, Operation, PlannedRequest } from '../../requests/request.ts';
import { type Sample, type Sampling, createSample } from '../../requests/sample.ts';
import type { SubjectTable, SubjectRow } from '../../subjects/subjects.ts';
import { invocation } from '../shared/output.ts';
import { toDo } from './subjects.ts';

/** What is put into the ledger: everybody on a subjectTable for whom there is something to do. */
export interface RecordPlan {
  action: Action;
  subjectTable: SubjectTable;
  /** `--new`. */
  isNew: boolean;
  /** The requests of these rows, one each and in their order. */
  plan: (rows: readonly SubjectRow[]) => Promise<readonly PlannedRequest[]>;
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
 * Puts a course into the ledger, page by page, and notes on the subjectTable which request each row has,
 * those that are open already and carried on included. An erase or a restore is recorded with its
 * `confirmation`, in one transaction; what there is to notice has been said before the question then.
 * Throws GdprError `guard` when another request stands in the way: what was recorded before it is
 * planned, and not sent.
 */
export async function recordAll(
  recordPlan: RecordPlan,
  app: App,
  confirmation?: Confirmation,
): Promise<Workload> {
  const { subjectTable, plan } = recordPlan;
  const ledger = await app.ledger();
  const warnings = createSample<string>();
  const open = createSample<Carried>();
  const unsent = new Map<Operation, number>();
  let people = 0;
  let steps = 0;
  for await (const rows of toDo(subjectTable, app)) {
    const requests = await plan(rows);
    const at = app.host.clock.now();
    const opened = await ledger.open(requests, judgeOf(recordPlan), at, confirmation);
    const refused = conflictOf(recordPlan.action, inTheWay(opened), app);
    if (refused !== null) throw people === 0 ? refused : halfway(refused, people);
    app.begin();
    for (const each of requests) for (const warning of idWarningsOf(each)) warnings.add(warning);
    addCarried(opened, open);
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

/** How a course's requests are judged against those that stand. */
export function judgeOf({ isNew }: Pick<RecordPlan, 'isNew'>): typeof judge {
  return isNew ? judgeNew : judge;
}

/** Takes note of requests that are open already. */
export function addCarried(opened: readonly Opened[], sample: Sampling<Carried>): void {
  for (const { wanted, verdict } of opened) {
    if (verdict.kind !== 'carry') continue;
    sample.add({ who: subjectName(wanted.subject.userId), requestId: verdict.requestId });
  }
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

/** Those of the requests that another one stands in the way of, added to `sample`. */
export function inTheWay(
  opened: readonly Opened[],
  sample = createSample<Carried>(),
): Sampling<Carried> {
  for (const { wanted, verdict } of opened) {
    if (verdict.kind !== 'conflict') continue;
    sample.add({ who: subjectName(wanted.subject.userId), requestId: verdict.requestId });
  }
  return sample;
}

/** Why a course cannot be recorded now, in view of all of its pages; null if it can. Records nothing. */
export async function conflictsOf(recordPlan: RecordPlan, app: App): Promise<GdprError | null> {
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return null;
  const sample = createSample<Carried>();
  for await (const rows of toDo(recordPlan.subjectTable, app)) {
    const requests = await recordPlan.plan(rows);
    inTheWay(await ledger.weigh(requests, judgeOf(recordPlan)), sample);
  }
  return conflictOf(recordPlan.action, sample, app);
}

/** Why requests cannot be recorded now (docs/spec.md 3, one at a time); null if they can. */
export function conflictOf(
  action: Action,
  conflicts: Sampling<Carried>,
  { flags }: App,
): GdprError | null {
  const { first, number } = conflicts.taken();
  if (number === 0) return null;
  const others = [...new Set(first.map(({ requestId }) => requestId))];
  const more = number > first.length ? ` and ${count(number - first.length, 'other')}` : '';
  const who = `${first.map((each) => each.who).join(', ')}${more}`;
  return new GdprError(
    'guard',
    `Refused: another request stands in the way of this ${action} (${who}): ${others.join(', ')}${more}.`,
    {
      next: `Nothing was sent. Finish the other first: ${invocation(flags)} resume ${others[0] ?? ''}`,
      requestIds: others,
    },
  );
}

/** It came up after the plan was agreed to: another process was faster. */
function halfway({ message, requestIds }: GdprError, people: number): GdprError {
  return new GdprError('guard', message, {
    next: `Nothing was sent. ${count(people, 'request')} of this run ${people === 1 ? 'is' : 'are'} recorded: once the other is finished, the same command goes on.`,
    requestIds,
  });
}

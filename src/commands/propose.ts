import type { App } from '../app.ts';
import type { ResultsPlace } from '../files/results-place.ts';
import type { Limit } from '../requests/calls.ts';
import { calendarDay } from '../requests/deadline.ts';
import type { Presence } from '../requests/outcome.ts';
import type { Proposal, Tempo } from '../requests/proposal.ts';
import type { Operation, ProviderName } from '../requests/request.ts';
import { proposalJson } from '../report/plan-text.ts';
import { proposalText } from '../report/proposal-text.ts';
import { carryOut } from './carry-out.ts';
import { confirm, interrupted } from './confirm.ts';
import type { Guard } from './guards.ts';
import { type Docket, docketOf } from './docket.ts';
import { type Ahead, NOTHING_AHEAD, carriedLines, recordAll } from './record.ts';
import { heed, toDo } from './rosters.ts';
import { type Search, type Surveyed, type Venture, courseOf, rehearse, survey } from './survey.ts';
import type { WaitFlags } from './wait-flags.ts';

/** How a venture is agreed to and carried out. */
export interface Consent extends WaitFlags {
  yes: boolean;
  csv: string | null;
  /** The folder of the bundles; null: there are none. */
  outDir: string | null;
  /** Whose limits say how long it takes. */
  operations: Readonly<Record<ProviderName, readonly Operation[]>>;
  /** How many rows were settled lately. */
  skipped: number;
  /** Where the results go; null: nowhere. */
  results: ResultsPlace | null;
  /** Throws for what the look-up has shown. */
  check(owners: ReadonlyMap<string, Presence>): void;
  /** Makes ready what must be there before anything is recorded. */
  prepare(): Promise<void>;
}

const NOTHING = 'Nothing was sent or recorded.';

/**
 * Looks everybody up, shows what would be done and asks, then records and carries it out; resolves
 * to the exit code. Nothing is recorded before the yes. Throws GdprError `guard` for another request
 * in the way, and for a no.
 */
export async function agreeAndCarryOut(
  venture: Venture,
  search: Search,
  consent: Consent,
  app: App,
): Promise<number> {
  const { roster } = venture;
  const until = consent.wait ? 'ended' : 'sent';
  const { skipped, results, outDir } = consent;
  const docket = (ahead: Ahead): Docket =>
    docketOf({ roster, results, outDir, ahead }, consent, app);
  if (skipped === roster.size) return carryOut(docket(NOTHING_AHEAD), consent, until, app);
  const surveyed = await survey(venture, search, app);
  if (surveyed === null) return interrupted(NOTHING, app);
  consent.check(surveyed.owners);
  const tempo = await tempoOf(search, consent, app);
  await heed(app.host);
  const proposal = venture.digest.proposal({ owners: surveyed.owners, tempo });
  await show(proposal, surveyed, consent, app);
  const { only, subjects: number, needs } = proposal;
  const question = { needs, userId: only?.userId ?? null, number, safe: NOTHING };
  const answer = await confirm(question, consent.yes, app);
  if (answer.kind === 'stopped') return answer.exit;
  await consent.prepare();
  const ahead = await recordAll(courseOf(venture), app, answer.confirmation);
  return carryOut(docket(ahead), consent, until, app);
}

async function show(
  proposal: Proposal,
  { carried }: Surveyed,
  { yes }: Consent,
  app: App,
): Promise<void> {
  const { host, flags } = app;
  const isAsked = !yes && proposal.needs !== 'nothing_to_send';
  if (!isAsked && (flags.quiet || flags.json)) return;
  const lines = [await textOf(proposal, app), ...carriedLines(carried)];
  host.stderr.write(`${lines.join('\n')}\n`);
}

/** Prints the plan of a dry run on stdout, as text or as `gdpr-plan/1`, one a request; resolves to 0. */
export async function rehearseAndPrint(
  venture: Venture,
  guards: readonly Guard[],
  { rateShare }: WaitFlags,
  app: App,
): Promise<number> {
  const { host, flags } = app;
  const { digest, roster, planPage } = venture;
  digest.refuse([...guards, ...(await rehearse(venture, app))]);
  const tempo = await tempoWith(new Map(), rateShare, app);
  const proposal = digest.proposal({ owners: new Map(), tempo });
  if (!flags.json) {
    host.stdout.write(`${await textOf(proposal, app, true)}\n`);
    return 0;
  }
  for await (const rows of toDo(roster, app)) {
    const { requests, found } = await planPage(rows, new Map());
    for (const [index, request] of requests.entries()) {
      host.stdout.write(`${proposalJson(request, found[index] ?? [], proposal)}\n`);
    }
  }
  return 0;
}

async function textOf(proposal: Proposal, app: App, isDry = false): Promise<string> {
  const { timeZone } = (await app.settings()).deadline;
  const dayOf = (at: number): string => calendarDay(at, timeZone);
  return proposalText(proposal, { dayOf, today: dayOf(app.host.clock.now()) }, isDry);
}

/** What is known of how long calls take: the limits in force. */
async function tempoOf(
  { targets, providers }: Search,
  { operations, rateShare }: Consent,
  app: App,
): Promise<Tempo> {
  const limits = new Map<Operation, Limit>();
  for (const { provider: name } of targets) {
    const found = await providers.get(name)?.limits(operations[name], app.host.stop);
    for (const [operation, limit] of found ?? []) limits.set(operation, limit);
  }
  return tempoWith(limits, rateShare, app);
}

async function tempoWith(
  limits: Tempo['limits'],
  rateShare: number | null,
  app: App,
): Promise<Tempo> {
  const { share } = (await app.settings()).rate;
  return { limits, share: rateShare ?? share, at: app.host.clock.now() };
}

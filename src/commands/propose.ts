import type { App } from '../app.ts';
import { prepareOutDir } from '../files/bundle.ts';
import type { Limit } from '../requests/calls.ts';
import { calendarDay } from '../requests/deadline.ts';
import type { ExportTarget } from '../requests/plan.ts';
import type { Proposal, Tempo } from '../requests/proposal.ts';
import type { Operation, ProviderName } from '../requests/request.ts';
import { judge, judgeNew } from '../requests/standing.ts';
import { proposalJson } from '../report/plan-text.ts';
import { proposalText } from '../report/proposal-text.ts';
import type { Provider } from '../providers/provider.ts';
import { carryOut } from './carry-out.ts';
import { confirm } from './confirm.ts';
import { type Guard, guard } from './guards.ts';
import { carried, conflict, record } from './record.ts';
import type { WaitFlags } from './wait-flags.ts';

/** How a proposal is carried out. */
export interface Consent extends WaitFlags {
  yes: boolean;
  new: boolean;
  /** Whether the bundles go to the default folder. */
  isDefaultOut: boolean;
}

const NOTHING = 'Nothing was sent or recorded.';

/**
 * Shows a proposal and asks, then records and carries it out; resolves to the exit code. Nothing is
 * recorded before the yes. Throws GdprError `guard` for another request in the way, and for a no.
 */
export async function agreeAndCarryOut(
  proposal: Proposal,
  consent: Consent,
  app: App,
): Promise<number> {
  const { host, flags } = app;
  const ledger = await app.ledger();
  const opened = await ledger.weigh(proposal.requests, consent.new ? judgeNew : judge);
  const refused = conflict(proposal, opened, app);
  if (refused !== null) throw refused;
  const isAsked = !consent.yes && proposal.needs !== 'nothing_to_send';
  if (isAsked || !(flags.quiet || flags.json)) {
    const lines = [await textOf(proposal, app), ...carried(opened)];
    host.stderr.write(`${lines.join('\n')}\n`);
  }
  const userIds = proposal.requests.map(({ subject }) => subject.userId);
  const answer = await confirm({ needs: proposal.needs, userIds, safe: NOTHING }, consent.yes, app);
  if (answer.kind === 'stopped') return answer.exit;
  if (proposal.exportsTo !== null) {
    await prepareOutDir(proposal.exportsTo, { isDefault: consent.isDefaultOut });
  }
  const ids = await record(proposal, consent.new, app, answer.confirmation);
  return carryOut(ids, consent, consent.wait ? 'ended' : 'sent', app);
}

/** Prints the plan of a dry run on stdout, as text or as `gdpr-plan/1`, one a request. */
export async function printProposal(proposal: Proposal, app: App): Promise<number> {
  const { host, flags } = app;
  if (!flags.json) {
    host.stdout.write(`${await textOf(proposal, app, true)}\n`);
    return 0;
  }
  for (const request of proposal.requests) {
    host.stdout.write(`${proposalJson(request, proposal)}\n`);
  }
  return 0;
}

async function textOf(proposal: Proposal, app: App, isDry = false): Promise<string> {
  const { timeZone } = (await app.settings()).deadline;
  const dayOf = (at: number): string => calendarDay(at, timeZone);
  return proposalText(proposal, { dayOf, today: dayOf(app.host.clock.now()) }, isDry);
}

/** A dry run's report of another request that stands in the way. */
export async function conflictGuard(
  proposal: Proposal,
  isNew: boolean,
  app: App,
): Promise<readonly Guard[]> {
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return [];
  const opened = await ledger.weigh(proposal.requests, isNew ? judgeNew : judge);
  const refused = conflict(proposal, opened, app);
  return refused === null ? [] : [guard(refused.message, refused.next, refused.requestIds)];
}

/** What is known of how long calls take: the limits in force, or none where nobody is asked. */
export async function tempoOf(
  targets: readonly ExportTarget[],
  operations: Readonly<Record<ProviderName, readonly Operation[]>>,
  providers: ReadonlyMap<ProviderName, Provider>,
  { rateShare }: WaitFlags,
  app: App,
): Promise<Tempo> {
  const limits = new Map<Operation, Limit>();
  for (const { provider: name } of targets) {
    const found = await providers.get(name)?.limits(operations[name], app.host.stop);
    for (const [operation, limit] of found ?? []) limits.set(operation, limit);
  }
  return { limits, share: rateShare, at: app.host.clock.now() };
}

/** The tempo of a dry run, which asks nobody. */
export function unknownTempo({ rateShare }: WaitFlags, app: App): Tempo {
  return { limits: new Map(), share: rateShare, at: app.host.clock.now() };
}

import type { Command } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import {
  type CancelledStep,
  type Cancelling,
  WHY_ON,
  cancelText,
  cancelWords,
} from '../report/decision-text.ts';
import { subjectName } from '../report/receipt/receipt-text.ts';
import { stepName } from '../report/words.ts';
import type { Call, Request } from '../requests/request.ts';
import { type RunEnd, cancelCode, isSettled } from '../requests/state.ts';
import { type CancelEffect, cancelEffectOf } from '../requests/transitions/cancelled.ts';
import { type Taken, cancelSteps, withdrawCalls } from '../worker/withdraw.ts';
import { askYesOrNo } from './shared/confirm.ts';
import { waitFlags } from './shared/flags.ts';
import { invocation, printLastWords, printReceipt } from './shared/output.ts';
import { holding, namedRequests, requireFree, sealedReceipts } from './shared/requests.ts';

const SAFE = 'Nothing was withdrawn.';
const ADVICE = 'If it is to be withdrawn: add --yes';

/** Declares `gdpr cancel` and runs it; `done` gets the exit code. */
export function declareCancel(command: Command, app: App, done: (code: number) => void): void {
  command
    .argument('<request...>', 'requests to withdraw, as far as that is possible')
    .option('--yes', 'answer the question; for scripts')
    .action(async (ids: string[], { yes = false }) =>
      done(await runCancel([...new Set(ids)], yes, app)),
    );
}

/** Withdraws what can be, and prints the receipts; resolves to the exit code. */
async function runCancel(ids: readonly string[], yes: boolean, app: App): Promise<number> {
  await app.requireAccount();
  const cases = await cancelPlan(ids, app);
  if (!cases.some(canChange)) return conclude(cases, new Map(), app);
  await requireFree(ids, app);
  // Before the question: without a provider there is nobody to ask for it.
  if (callsToWithdraw(cases).length > 0) await app.providers(waitFlags({}));
  const plan = cancelText(cases);
  const stopped = await askYesOrNo({ yes, plan, safe: SAFE, advice: ADVICE }, app);
  if (stopped !== null) return stopped;
  app.begin();
  const done = await withdraw(ids, app);
  for (const each of done.receipts) await printReceipt(each, app);
  return conclude(done.cases, done.ends, app);
}

function canChange({ effects }: Cancelling): boolean {
  return effects.some(({ effect }) => effect.kind !== 'goes_on');
}

/** As things stand once the requests are ours: they may have gone on since they were read. */
async function withdraw(ids: readonly string[], app: App) {
  const { clock, stop } = app.host;
  const ledger = await app.ledger();
  return holding(ids, app, async (holder) => {
    const cases = await cancelPlan(ids, app);
    // What was not sent comes first: it needs nobody, whatever happens to the rest.
    await cancelSteps(
      cases.flatMap(({ effects }) => effects),
      { ledger, clock, holder },
    );
    const calls = callsToWithdraw(cases);
    const providers = calls.length === 0 ? new Map() : await app.providers(waitFlags({}));
    const ends = await withdrawCalls(calls, { ledger, providers, clock, holder, stop });
    return { cases, ends, receipts: await sealedReceipts(ids, holder, app) };
  });
}

function conclude(
  cases: readonly Cancelling[],
  taken: ReadonlyMap<string, Taken>,
  app: App,
): number {
  const ends = cases.flatMap(({ request, effects }) =>
    effects.map(({ step, effect }): CancelledStep => {
      const name = `${stepName(step)} of ${subjectName(request.subject.userId)}`;
      return { name, ...endOf(effect, taken) };
    }),
  );
  const exit = cancelCode(
    ends.map(({ end }) => end),
    runEnd([...taken.values()], app),
  );
  if (exit === 0) return exit;
  const ids = cases.map(({ request }) => request.id);
  printLastWords({ exit, ...cancelWords(exit, ends, ids, invocation(app.flags)) }, app);
  return exit;
}

function endOf(
  effect: CancelEffect,
  taken: ReadonlyMap<string, Taken>,
): Omit<CancelledStep, 'name'> {
  switch (effect.kind) {
    case 'unsent':
    case 'left_off':
      return { end: 'withdrawn', why: null };
    case 'in_doubt':
      return { end: 'in_doubt', why: 'it may have arrived, and its answer is lost' };
    case 'goes_on':
      return { end: 'goes_on', why: WHY_ON[effect.why] };
    case 'withdraw':
      return takenEnd(taken.get(effect.call.id), effect.call);
  }
}

function takenEnd(taken: Taken | undefined, { account }: Call): Omit<CancelledStep, 'name'> {
  if (taken === undefined) return { end: 'goes_on', why: 'stopped before it was tried' };
  switch (taken.kind) {
    case 'withdrawn':
      return { end: 'withdrawn', why: null };
    case 'unclear':
      return { end: 'in_doubt', why: taken.error.message };
    case 'account':
      return {
        end: 'goes_on',
        why: `it belongs to ${account}, and now ${nowOf(taken.configured)}`,
      };
    case 'too_late':
    case 'credentials':
    case 'limited':
    case 'unavailable':
      return { end: 'goes_on', why: taken.error.message };
  }
}

function nowOf(configured: string | null): string {
  return configured === null ? 'no such provider is configured' : `${configured} is configured`;
}

function runEnd(taken: readonly Taken[], { host }: App): RunEnd {
  const has = (...kinds: readonly Taken['kind'][]): boolean =>
    taken.some(({ kind }) => kinds.includes(kind));
  return {
    signal: host.stop.aborted ? Number(host.stop.reason) : null,
    denied: has('credentials', 'account'),
    unavailable: has('limited', 'unavailable'),
  };
}

/**
 * What cancelling these requests can do. Throws GdprError `unknown_request`, and `guard` where a
 * call to be withdrawn serves open requests that are not named.
 */
async function cancelPlan(ids: readonly string[], app: App): Promise<readonly Cancelling[]> {
  const requests = await namedRequests(ids, app);
  const cases: Cancelling[] = [];
  for (const request of requests) cases.push(await caseOf(request, app));
  await requireAllNamed(cases, app);
  return cases;
}

/** The calls that providers are asked to take back, each once. */
function callsToWithdraw(cases: readonly Cancelling[]): readonly Call[] {
  const calls = cases
    .flatMap(({ effects }) => effects)
    .flatMap(({ effect }) => (effect.kind === 'withdraw' ? [effect.call] : []));
  return [...new Map(calls.map((call) => [call.id, call])).values()];
}

async function caseOf(request: Request, app: App): Promise<Cancelling> {
  if (isSettled(request.state)) return { request, effects: [] };
  const calls = await (await app.ledger()).calls(request.id);
  const effects = request.steps
    .filter(({ finishedAt }) => finishedAt === null)
    .map((step) => {
      const call = calls.find(({ id }) => id === step.callId) ?? null;
      return { step, call, effect: cancelEffectOf(step, call) };
    });
  return { request, effects };
}

/** Others would be withdrawn too: they are only when somebody names them. */
async function requireAllNamed(cases: readonly Cancelling[], app: App): Promise<void> {
  const ledger = await app.ledger();
  const named = cases.map(({ request }) => request.id);
  const served = new Set<string>();
  for (const { id } of callsToWithdraw(cases)) {
    for (const each of await ledger.companions(id)) served.add(each);
  }
  const others = [...served].filter((id) => !named.includes(id));
  const found = others.length === 0 ? [] : await ledger.list({ ids: others });
  const open = new Set(found.filter(({ state }) => !isSettled(state)).map(({ id }) => id));
  const missing = others.filter((id) => open.has(id));
  if (missing.length === 0) return;
  const calls = missing.length === 1 ? 'another open request' : 'other open requests';
  const message = `Refused: one call serves ${calls} too, and can only be withdrawn as a whole: ${missing.join(', ')}.`;
  throw new GdprError('guard', message, {
    next: `Nothing was withdrawn. To cancel all of them: ${invocation(app.flags)} cancel ${[...named, ...missing].join(' ')}`,
    requestIds: missing,
  });
}

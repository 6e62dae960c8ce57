import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { Cancelling } from '../../report/decision/cancel-text.ts';
import type { Call, Request } from '../../requests/request.ts';
import { isSettled } from '../../requests/state.ts';
import { cancelEffectOf } from '../../requests/transitions/cancelled.ts';
import { invocation } from '../shared/output.ts';
import { namedRequests } from '../shared/requests.ts';

/**
 * What cancelling these requests can do. Throws GdprError `unknown_request`, and `guard` where a
 * call to be withdrawn serves open requests that are not named.
 */
export async function cancelPlan(ids: readonly string[], app: App): Promise<readonly Cancelling[]> {
  const requests = await namedRequests(ids, app);
  const cases: Cancelling[] = [];
  for (const request of requests) cases.push(await caseOf(request, app));
  await requireAllNamed(cases, app);
  return cases;
}

/** The calls that providers are asked to take back, each once. */
export function callsToWithdraw(cases: readonly Cancelling[]): readonly Call[] {
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
  throw new GdprError(
    'guard',
    `Refused: one call serves ${calls} too, and can only be withdrawn as a whole: ${missing.join(', ')}.`,
    {
      next: `Nothing was withdrawn. To cancel all of them: ${invocation(app.flags)} cancel ${[...named, ...missing].join(' ')}`,
      requestIds: missing,
    },
  );
}

import type { App } from '../app.ts';
import type { Holder } from '../ledger/ledger.ts';
import type { Progress } from '../report/progress.ts';
import { Health } from '../runner/health.ts';
import { createQueue } from '../runner/queue.ts';
import { type Until, run } from '../runner/runner.ts';
import { conclude } from './conclude.ts';
import { createSealer } from './paper.ts';
import { progressOf, rateLimitTeller } from './talk.ts';
import { readVerified } from './verified.ts';
import type { WaitFlags } from './wait-flags.ts';

/**
 * Works on recorded requests until `until`, prints a receipt for each and, unless all is well, the
 * last words; resolves to the exit code. The lease is given back whatever happens.
 */
export async function carryOut(
  ids: readonly string[],
  flags: WaitFlags,
  until: Until,
  app: App,
): Promise<number> {
  const { host } = app;
  const { clock } = host;
  const ledger = await app.ledger();
  const providers = await app.providers(flags);
  const holder: Holder = { token: host.newId(), process: host.process };
  const health = new Health(
    () => clock.now(),
    () => host.random(),
    flags.pollInterval,
  );
  const timeout = new AbortController();
  const over = new AbortController();
  if (flags.timeout !== null) void endAfter(flags.timeout, timeout, over.signal, app);
  const seal = createSealer(holder, app);
  // A request whose record is broken is neither sent nor checked.
  const { requests, broken } = await readVerified(ids, ledger);
  const sound = requests.map(({ id }) => id);
  const progress = await progressOf(
    app,
    until === 'ended',
    requests.flatMap(({ steps }) => steps).length,
  );
  if (until === 'ended') await sayWhoHolds(sound, progress, app);
  try {
    await run(sound, until, holder, {
      ledger,
      providers,
      clock,
      random: () => host.random(),
      newId: () => host.newId(),
      token: holder.token,
      pollInterval: flags.pollInterval,
      health,
      adopting: createQueue(),
      stop: AbortSignal.any([host.stop, timeout.signal]),
      tell: (step) => progress.step(step),
      waits: rateLimitTeller(progress),
      stepEnded: seal,
    });
    progress.stop();
    const timedOut = timeout.signal.aborted;
    return await conclude(sound, { seal, providers, health, timedOut, broken }, app);
  } finally {
    over.abort();
    progress.stop();
    await ledger.release(holder);
  }
}

async function endAfter(
  ms: number,
  timeout: AbortController,
  over: AbortSignal,
  { host }: App,
): Promise<void> {
  await host.clock.sleep(ms, over);
  if (!over.aborted) timeout.abort();
}

/** Says that a request is waited for, because another process works on it. */
async function sayWhoHolds(ids: readonly string[], progress: Progress, app: App): Promise<void> {
  const held = await (await app.ledger()).heldByOthers(ids, '', app.host.clock.now());
  for (const { requestId, process } of held) {
    progress.say(
      `Waiting for ${requestId}: another gdpr works on it (process ${process.pid} on ${process.host}).`,
    );
  }
}

import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { Brief, Ledger } from '../../ledger/ledger.ts';
import type { RateLimit } from '../../providers/provider.ts';
import type { Progress } from '../../report/progress/progress.ts';
import { OPERATIONS } from '../../requests/operations.ts';
import type { Operation } from '../../requests/request.ts';
import { idList } from '../../subjects/scratch.ts';
import { CircuitBreaker } from '../../worker/circuit-breaker.ts';
import { type Receipts, createReceipts, orBroken } from '../../worker/jobs/seal.ts';
import type { RequestSource } from '../../worker/prefetch.ts';
import { type Until, runWorker } from '../../worker/worker.ts';
import type { WaitFlags } from '../shared/flags.ts';
import { protection } from '../shared/guards.ts';
import { bundledText, printReceipt, progressOf, rateLimitTeller } from '../shared/output.ts';
import { bothErrors, newHolder, readVerified } from '../shared/requests.ts';
import { conclude } from './finish.ts';
import type { Run } from './run.ts';

/**
 * Works on recorded requests until `until`, tells what became of them and, unless all is well, the
 * last words; resolves to the exit code. The lease is given back whatever happens.
 */
export async function carryOut(
  run: Run,
  flags: WaitFlags,
  until: Until,
  app: App,
): Promise<number> {
  const { host } = app;
  const { clock } = host;
  const ledger = await app.ledger();
  const providers = await app.providers(flags);
  const settings = await app.settings();
  const { rate } = settings;
  const holder = newHolder(app);
  const breaker = new CircuitBreaker(
    () => clock.now(),
    () => host.random(),
    flags.pollInterval,
  );
  const begunAt = clock.monotonic();
  const timeout = new AbortController();
  const over = new AbortController();
  if (flags.timeout !== null) void endAfter(flags.timeout, timeout, over.signal, app);
  const receipts = createReceipts(ledger);
  const told = idList();
  const isNew = (id: string): boolean => {
    const { size } = told;
    told.add([id]);
    return told.size > size;
  };
  const limitOf = (operation: Operation): RateLimit | null =>
    providers.get(OPERATIONS[operation].provider)?.limitOf(operation) ?? null;
  const extent = { ...run.workload, limitOf, share: flags.rateShare ?? rate.share };
  const progress = await progressOf(app, until === 'ended', extent);
  const sayStopping = (): void => progress.say(STOPPING);
  if (!app.flags.quiet) host.stop.addEventListener('abort', sayStopping, { once: true });
  const source = sourceOf(run, until === 'ended' ? progress : null, ledger, app);
  try {
    const ran = await ranAsFar(
      runWorker(source, until, holder, {
        ledger,
        providers,
        clock,
        random: () => host.random(),
        newId: () => host.newId(),
        token: holder.token,
        pollInterval: flags.pollInterval,
        outstanding: rate.outstanding,
        protection: protection(settings),
        breaker,
        stop: AbortSignal.any([host.stop, timeout.signal]),
        tell: (step) => progress.step(step),
        waits: rateLimitTeller(progress),
        receipts,
        receiptText: bundledText,
        ended: async (requests) => {
          const fresh = requests.filter(({ id }) => isNew(id));
          progress.ended(fresh.map(({ state }) => state));
          if (run.isBatch && app.flags.json) await printEach(fresh, receipts, app);
        },
      }),
    );
    progress.stop();
    const ended = { timedOut: timeout.signal.aborted, lasted: clock.monotonic() - begunAt };
    const known = { receipts, isNew, providers, breaker, broken: source.broken() };
    return await conclude(run, { ...ran, ...ended, ...known }, app);
  } finally {
    host.stop.removeEventListener('abort', sayStopping);
    over.abort();
    progress.stop();
    told.close();
    await ledger.release(holder);
  }
}

/** One whose record is broken is reported at the end. */
async function printEach(briefs: readonly Brief[], receipts: Receipts, app: App): Promise<void> {
  for (const brief of briefs) {
    const made = await orBroken(brief.id, receipts.of(brief));
    if (made !== null && !(made instanceof GdprError)) await printReceipt(made.receipt, app);
  }
}

/** Calls that run are waited for: their answers say what was done. */
const STOPPING = 'Stopping: calls under way are finished first. Once more leaves at once.';

/** A disk that fails ends the work, and not the telling of what became of everybody. */
async function ranAsFar(
  running: ReturnType<typeof runWorker>,
): Promise<{ limited: number; fault: GdprError | null }> {
  try {
    return { ...(await running), fault: null };
  } catch (thrown) {
    if (!(thrown instanceof GdprError) || thrown.fault !== 'storage') throw thrown;
    return { limited: 0, fault: thrown };
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

/**
 * The requests as the run takes them, page by page. One whose record is broken is neither sent nor
 * checked; `progress` is told who waits for another process (null: nobody is to be told).
 */
function sourceOf(
  run: Run,
  progress: Progress | null,
  ledger: Ledger,
  app: App,
): RequestSource & { broken(): GdprError | null } {
  let broken: GdprError | null = null;
  const pages = run.open()[Symbol.iterator]();
  let ready: readonly string[] = [];
  const read = async (): Promise<boolean> => {
    const page = pages.next();
    if (page.done === true) return false;
    const { recorded, before } = page.value;
    const verified = await readVerified(before, ledger);
    if (verified.broken !== null) broken = bothErrors(broken, verified.broken);
    const sound = verified.requests.map(({ id }) => id);
    if (progress !== null) await sayWhoHolds(sound, progress, app);
    ready = [...ready, ...sound, ...recorded];
    return true;
  };
  return {
    broken: () => broken,
    all: () => run.all(),
    async next(limit) {
      while (ready.length < limit && (await read()));
      const ids = ready.slice(0, limit);
      ready = ready.slice(limit);
      return ids;
    },
  };
}

/** So many are named of those that another process works on. */
const NAMED = 20;

/** Says that requests are waited for, because another process works on them. */
async function sayWhoHolds(ids: readonly string[], progress: Progress, app: App): Promise<void> {
  const held = await (await app.ledger()).heldByOthers(ids, '', app.host.clock.now());
  for (const { requestId, process } of held.slice(0, NAMED)) {
    progress.say(
      `Waiting for ${requestId}: another gdpr works on it (process ${process.pid} on ${process.host}).`,
    );
  }
  const more = held.length - NAMED;
  if (more > 0) progress.say(`And for ${more} more that another gdpr works on.`);
}

import type { Command } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Holder, Ledger } from '../ledger/ledger.ts';
import { quoteId } from '../requests/ids.ts';
import type { Request } from '../requests/request.ts';
import { mayRepeat, revive } from '../requests/revive.ts';
import { carryOut } from './carry-out.ts';
import { printLastWords } from './talk.ts';
import { readVerified } from './verified.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './wait-flags.ts';

interface ResumeOptions extends WaitFlags {
  ids: readonly string[];
  once: boolean;
  failed: boolean;
}

/** Declares `gdpr resume` and runs it; `done` gets the exit code. */
export function declareResume(command: Command, app: App, done: (code: number) => void): void {
  declareWaitFlags(command.argument('[request...]', 'requests to carry on; default: all'))
    .option('--once', 'one pass, then leave (for cron)')
    .option('--failed', 'also repeat what failed for good')
    .action(async (ids: string[], options) => {
      const { once = false, failed = false } = options;
      done(await runResume({ ids, once, failed, ...waitFlags(options) }, app));
    });
}

async function runResume(options: ResumeOptions, app: App): Promise<number> {
  const ledger = await app.ledger();
  const requests = await wanted(options, ledger);
  app.begin();
  for (const request of requests) {
    if (request.steps.some((step) => mayRepeat(step, options.failed))) {
      await reviveSteps(request, options.failed, app);
    }
  }
  if (requests.length === 0) {
    if (!app.flags.quiet) app.host.stderr.write('Nothing is open.\n');
    return 0;
  }
  const all = requests.map(({ id }) => id);
  const ids = options.ids.length === 0 ? await leftToUs(all, app) : all;
  if (ids.length === 0) {
    const message = 'Not finished: another gdpr works on all that is open.';
    const next = 'It goes on there. See how far it is: gdpr status';
    printLastWords({ code: 'not_finished', exit: 8, message, next, requestIds: all }, app);
    return 8;
  }
  const until = options.wait ? 'ended' : 'sent';
  return carryOut(ids, options, options.once ? 'idle' : until, app);
}

/** The requests named, or all that there is something to do about, oldest first. */
async function wanted(options: ResumeOptions, ledger: Ledger): Promise<readonly Request[]> {
  if (options.ids.length === 0) {
    const unfinished = await ledger.list({ unfinished: true });
    const failed = await ledger.list({ states: ['failed', 'partial'] });
    const again = failed.filter(({ id, steps }) => {
      const known = unfinished.some((request) => request.id === id);
      return !known && steps.some((step) => mayRepeat(step, options.failed));
    });
    return [...unfinished, ...again].toSorted((a, b) => a.createdAt - b.createdAt);
  }
  const requests: Request[] = [];
  const unknown: string[] = [];
  for (const id of new Set(options.ids)) {
    const request = await ledger.request(id);
    if (request === null) unknown.push(id);
    else requests.push(request);
  }
  if (unknown.length > 0) {
    throw new GdprError('unknown_request', `No such request: ${unknown.map(quoteId).join(', ')}.`, {
      next: 'Nothing was done. See what there is: gdpr status --all',
    });
  }
  return requests;
}

/** Without those that another process works on, which is said: they go on there. */
async function leftToUs(ids: readonly string[], app: App): Promise<readonly string[]> {
  const { host } = app;
  const held = await (await app.ledger()).heldByOthers(ids, '', host.clock.now());
  for (const { requestId, process } of held) {
    host.stderr.write(
      `${requestId} is left to the gdpr that works on it (process ${process.pid} on ${process.host}).\n`,
    );
  }
  return ids.filter((id) => !held.some(({ requestId }) => requestId === id));
}

/** Takes up again what failed for a passing reason; what another process holds is left to it. */
async function reviveSteps({ id }: Request, all: boolean, app: App): Promise<void> {
  const { host } = app;
  const ledger = await app.ledger();
  const holder: Holder = { token: host.newId(), process: host.process };
  const [taken] = await ledger.take([id], holder, host.clock.now());
  if (taken === undefined) return;
  // Read again: until it was taken, somebody else may have worked on it.
  const { requests } = await readVerified([id], ledger);
  const steps = requests.flatMap((each) => each.steps).filter((step) => mayRepeat(step, all));
  if (steps.length > 0) await ledger.record(holder.token, revive(steps, host.clock.now()));
  await ledger.release(holder);
}

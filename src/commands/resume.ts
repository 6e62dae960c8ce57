import type { Command } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { quoteId } from '../requests/ids.ts';
import type { Request } from '../requests/request.ts';
import { type Asked, mayRepeat } from '../requests/revive.ts';
import { carryOut } from './carry-out.ts';
import { confirmAnew } from './reconfirm.ts';
import { printLastWords } from './talk.ts';
import { takeUp } from './take-up.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './wait-flags.ts';

interface ResumeOptions extends WaitFlags, Asked {
  ids: readonly string[];
  once: boolean;
}

/** Declares `gdpr resume` and runs it; `done` gets the exit code. */
export function declareResume(command: Command, app: App, done: (code: number) => void): void {
  declareWaitFlags(command.argument('[request...]', 'requests to carry on; default: all'))
    .option('--once', 'one pass, then leave (for cron)')
    .option('--failed', 'also repeat what failed for good')
    .option('--resend', 'send a deletion in doubt again (only for requests that are named)')
    .action(async (ids: string[], options) => {
      const { once = false, failed = false, resend = false } = options;
      done(await runResume({ ids, once, failed, resend, ...waitFlags(options) }, app));
    });
}

async function runResume(options: ResumeOptions, app: App): Promise<number> {
  checkResend(options);
  const ledger = await app.ledger();
  const requests = await wanted(options, ledger);
  app.begin();
  await takeUp(requests, options, app);
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
  const stopped = await confirmAnew(ids, app);
  if (stopped !== null) return stopped;
  const until = options.wait ? 'ended' : 'sent';
  return carryOut(ids, options, options.once ? 'idle' : until, app);
}

/** What is sent again is for the operator to choose, request by request. */
function checkResend({ resend, ids }: ResumeOptions): void {
  if (!resend || ids.length > 0) return;
  throw new GdprError('usage', '--resend is for requests that are named.', {
    next: 'Nothing was sent. See what is in doubt: gdpr status --state in_doubt',
  });
}

/** The requests named, or all that there is something to do about, oldest first. */
async function wanted(options: ResumeOptions, ledger: Ledger): Promise<readonly Request[]> {
  if (options.ids.length === 0) {
    const unfinished = await ledger.list({ unfinished: true });
    const failed = await ledger.list({ states: ['failed', 'partial'] });
    const again = failed.filter(({ id, steps }) => {
      const known = unfinished.some((request) => request.id === id);
      return !known && steps.some((step) => mayRepeat(step, options));
    });
    // Those of one run have one instant, and ids in the order in which they were named.
    return [...unfinished, ...again].toSorted(
      (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
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

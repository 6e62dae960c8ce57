import type { Command } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { SHOWN, leftText } from '../report/left-text.ts';
import { calendarDay } from '../requests/deadline.ts';
import { quoteId } from '../requests/ids.ts';
import type { Request } from '../requests/request.ts';
import { type Asked, mayRepeat } from '../requests/revive.ts';
import { carryOut } from './carry-out.ts';
import type { Guard } from './guards.ts';
import { confirmAnew } from './reconfirm.ts';
import { invocation, printLastWords } from './talk.ts';
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
    if (!app.flags.quiet) app.host.stderr.write(`${await leftOpen(app)}\n`);
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
  const renewal = await confirmAnew(ids, options, app);
  if (renewal.kind === 'stopped') return renewal.exit;
  const until = options.wait ? 'ended' : 'sent';
  const code = await carryOut(ids, options, options.once ? 'idle' : until, app);
  if (renewal.refused !== null && !BEFORE_GUARDS.has(code)) return leftAlone(renewal.refused, app);
  if (ids.length === all.length || !ALL_ENDED.has(code)) return code;
  const message = 'Not finished: another gdpr works on the rest of what is open.';
  const next = 'It goes on there. See how far it is: gdpr status';
  printLastWords({ code: 'not_finished', exit: 8, message, next, requestIds: all }, app);
  return 8;
}

/** Exit codes that come before the one of a guard (SPEC section 5). */
const BEFORE_GUARDS: ReadonlySet<number> = new Set([129, 130, 143, 2, 4]);

/** Says whom the profile protects by now: their deletion was not sent, and the rest was carried on. */
function leftAlone({ message, requestIds }: Guard, app: App): number {
  const next = `Their deletion was not sent; the rest was carried on. Only a change of the profile allows it; to settle it by hand: gdpr close ${requestIds[0] ?? ''} --reason <text>`;
  printLastWords({ code: 'guard', exit: 6, message, next, requestIds }, app);
  return 6;
}

/** What there is to say when there is nothing to carry on; what is unsettled all the same is named. */
async function leftOpen(app: App): Promise<string> {
  const ledger = await app.ledger();
  const filter = { states: ['failed', 'partial', 'in_doubt'], order: 'urgent' } as const;
  const unsettled = await ledger.list({ ...filter, limit: SHOWN });
  if (unsettled.length === 0) return 'Nothing is open.';
  const { timeZone } = (await app.settings()).deadline;
  const { states } = await ledger.tally(filter, calendarDay(app.host.clock.now(), timeZone));
  const number = Object.values(states).reduce((sum, each) => sum + each, 0);
  const called = invocation(app.flags);
  return leftText(unsettled, number, {
    resume: (ids, ...flags) => [called, 'resume', ...flags, ...ids].join(' '),
    of: (words) => `${called} ${words}`,
  });
}

/** Exit codes that say that nothing is open any more. */
const ALL_ENDED: ReadonlySet<number> = new Set([0, 1, 3]);

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

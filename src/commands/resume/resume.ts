import type { Command } from 'commander';
import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { Ledger, RequestFilter } from '../../ledger/ledger.ts';
import { SHOWN_LEFT, leftText } from '../../report/ending/advice.ts';
import { calendarDay } from '../../requests/deadline.ts';
import type { Operation, Request, Step } from '../../requests/request.ts';
import { unsettled } from '../../requests/state.ts';
import { type RetryFlags, mayRepeat } from '../../requests/transitions/retried.ts';
import { type IdList, idList } from '../../subjects/scratch.ts';
import { retryFailed } from '../../worker/retry.ts';
import { carryOut } from '../run/execute.ts';
import { PAGE, type Run, isMany } from '../run/run.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from '../shared/flags.ts';
import type { Guard } from '../shared/guards.ts';
import { invocation, printLastWords } from '../shared/output.ts';
import { namedRequests, newHolder } from '../shared/requests.ts';
import { reconfirm } from './reconfirm.ts';

interface ResumeOptions extends WaitFlags, RetryFlags {
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

/** Requests to carry on, and what they have before them. */
interface Work {
  ids: IdList;
  steps: number;
  unsent: Map<Operation, number>;
  /** How many there are, those included that another process works on. */
  all: number;
  /** The first of them. */
  first: readonly string[];
}

async function runResume(options: ResumeOptions, app: App): Promise<number> {
  checkResend(options);
  await app.requireAccount();
  const work: Work = { ids: idList(), steps: 0, unsent: new Map(), all: 0, first: [] };
  try {
    await gather(work, options, app);
    return await resumeAll(work, options, app);
  } finally {
    work.ids.close();
  }
}

async function resumeAll(work: Work, options: ResumeOptions, app: App): Promise<number> {
  const { ids, all } = work;
  if (all === 0) {
    if (!app.flags.quiet) app.host.stderr.write(`${await leftOpen(app)}\n`);
    return 0;
  }
  if (ids.size === 0) return heldElsewhere('all that is open', work, app);
  const renewal = await reconfirm(ids, options, app);
  if (renewal.kind === 'stopped') return renewal.exit;
  const until = options.wait ? 'ended' : 'sent';
  const code = await carryOut(runOf(work), options, options.once ? 'idle' : until, app);
  if (renewal.refused !== null && !BEFORE_GUARDS.has(code)) return leftAlone(renewal.refused, app);
  if (ids.size === all || !ALL_ENDED.has(code)) return code;
  return heldElsewhere('the rest of what is open', work, app);
}

function heldElsewhere(what: string, { first }: Work, app: App): number {
  const message = `Not finished: another gdpr works on ${what}.`;
  const next = 'It goes on there. See how far it is: gdpr status';
  printLastWords({ code: 'not_finished', exit: 8, message, next, requestIds: first }, app);
  return 8;
}

function runOf({ ids, steps, unsent }: Work): Run {
  return {
    *open() {
      for (const before of ids.ids(PAGE)) yield { recorded: [], before };
    },
    all: () => ids.ids(PAGE),
    subjectTable: null,
    results: null,
    isBatch: isMany(ids.size),
    workload: { people: ids.size, steps, unsent },
    outDir: null,
    again: null,
  };
}

/** Exit codes that come before the one of a guard (docs/spec.md 5). */
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
  const left = await ledger.list({ ...filter, limit: SHOWN_LEFT });
  if (left.length === 0) return 'Nothing is open.';
  const { timeZone } = (await app.settings()).deadline;
  const { states } = await ledger.tally(filter, calendarDay(app.host.clock.now(), timeZone));
  const called = invocation(app.flags);
  return leftText(left, unsettled(states), {
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

/** Finds the requests named, or all that there is something to do about, and takes up what failed. */
async function gather(work: Work, options: ResumeOptions, app: App): Promise<void> {
  if (options.ids.length > 0) {
    await add(await namedRequests(options.ids, app), work, options, app);
    return;
  }
  const ledger = await app.ledger();
  const unfinished = pagesOf({ unfinished: true }, ledger);
  for await (const requests of unfinished) await add(requests, work, options, app);
  const failed = pagesOf({ states: ['failed', 'partial'] }, ledger);
  for await (const requests of failed) {
    // One that is not sealed is among the unfinished.
    const again = requests.filter(
      ({ sealed, steps }) => sealed && steps.some((step) => mayRepeat(step, options)),
    );
    await add(again, work, options, app);
  }
}

async function* pagesOf(filter: RequestFilter, ledger: Ledger): AsyncGenerator<readonly Request[]> {
  let after: number | null = null;
  do {
    const page: Awaited<ReturnType<Ledger['page']>> = await ledger.page(filter, after, PAGE);
    const requests = new Map((await ledger.list({ ids: page.ids })).map((each) => [each.id, each]));
    yield page.ids.flatMap((id) => requests.get(id) ?? []);
    after = page.next;
  } while (after !== null);
}

async function add(
  requests: readonly Request[],
  work: Work,
  options: ResumeOptions,
  app: App,
): Promise<void> {
  if (requests.length === 0) return;
  app.begin();
  if (options.resend) sayNothingToResend(requests, app);
  await retryFailed(requests, options, {
    ledger: await app.ledger(),
    clock: app.host.clock,
    holder: newHolder(app),
  });
  const ids = requests.map(({ id }) => id);
  const free = options.ids.length === 0 ? await leftToUs(ids, app) : ids;
  work.ids.add(free);
  work.all += ids.length;
  if (work.first.length === 0) work.first = ids.slice(0, SHOWN_LEFT);
  for (const { operation, state } of requests.flatMap(({ steps }) => steps)) {
    work.steps += 1;
    if (state === 'planned') work.unsent.set(operation, (work.unsent.get(operation) ?? 0) + 1);
  }
}

/** Without those that another process works on, which is said: they go on there. */
async function leftToUs(ids: readonly string[], app: App): Promise<readonly string[]> {
  const { host } = app;
  const held = await (await app.ledger()).heldByOthers(ids, '', host.clock.now());
  for (const { requestId, process } of held.slice(0, SHOWN_LEFT)) {
    host.stderr.write(
      `${requestId} is left to the gdpr that works on it (process ${process.pid} on ${process.host}).\n`,
    );
  }
  const more = held.length - SHOWN_LEFT;
  if (more > 0) host.stderr.write(`${more} more are left to the gdpr that works on them.\n`);
  const elsewhere = new Set(held.map(({ requestId }) => requestId));
  return ids.filter((id) => !elsewhere.has(id));
}

/** Says for which of the requests there is nothing to send again. */
function sayNothingToResend(requests: readonly Request[], { host }: App): void {
  for (const { id, steps } of requests) {
    if (steps.some(isToResend)) continue;
    host.stderr.write(`${id}: no deletion is in doubt, so none is sent again.\n`);
  }
}

function isToResend(step: Step): boolean {
  return mayRepeat({ ...step, error: null }, { failed: false, resend: true });
}

import { type Command, InvalidArgumentError } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LastWords } from '../report/ending.ts';
import { paintFor } from '../report/paint.ts';
import { statusJson, statusTable } from '../report/status-text.ts';
import { calendarDay } from '../requests/deadline.ts';
import { statusCode } from '../requests/exit.ts';
import { quoteId } from '../requests/ids.ts';
import { REQUEST_STATES, type Request, type RequestState } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import { count, list as listed } from '../report/words.ts';
import { printReceipt } from './paper.ts';
import { repeatable } from './repeatable.ts';
import { invocation, printLastWords } from './talk.ts';
import { readVerified } from './verified.ts';

interface StatusOptions {
  about: string | null;
  all: boolean;
  state: readonly RequestState[];
  limit: number;
}

/** Declares `gdpr status` and runs it; `done` gets the exit code. */
export function declareStatus(command: Command, app: App, done: (code: number) => void): void {
  command
    .argument('[request|user]', 'one request, or all of one user')
    .option('--all', 'settled ones too')
    .option(
      '--state <state>',
      `only in this state (repeatable): ${REQUEST_STATES.join(', ')}`,
      repeatable(REQUEST_STATES),
    )
    .option('--limit <n>', 'at most so many (default 50)', parseLimit)
    .option('--offline', 'ask nobody: what the ledger has')
    .action(async (about: string | undefined, { all = false, state = [], limit = 50 }) =>
      done(await runStatus({ about: about ?? null, all, state, limit }, app)),
    );
}

async function runStatus(options: StatusOptions, app: App): Promise<number> {
  const { host, flags } = app;
  const ledger = await app.ledger();
  // All of them make the exit code; the limit is for the eyes.
  const all = await wanted(options, ledger, app);
  const shown = all.slice(0, options.limit).map(({ id }) => id);
  const { requests, broken } = await readVerified(shown, ledger);
  const { deadline } = await app.settings();
  const today = calendarDay(host.clock.now(), deadline.timeZone);
  if (flags.json) {
    for (const request of requests) host.stdout.write(`${statusJson(request, today)}\n`);
  } else if (options.about !== null) {
    for (const request of requests) await printReceipt(request, app);
  } else if (requests.length > 0 || broken === null) {
    const paint = paintFor(host.stdout, host.env, flags.color);
    const what = options.state.length === 0 ? 'open' : listed(options.state);
    const table = statusTable(requests, { paint, today, now: host.clock.now() });
    host.stdout.write(`${table ?? `Nothing is ${what}.`}\n`);
  }
  if (broken !== null) throw broken;
  const exit = statusCode(all, today);
  if (exit !== 0) printLastWords({ exit, ...unsettledWords(all, today, app) }, app);
  return exit;
}

function unsettledWords(all: readonly Request[], today: string, app: App): LastWords {
  const unsettled = all.filter(({ state }) => !isSettled(state));
  const overdue = unsettled.filter(({ dueOn }) => dueOn < today).length;
  const { length } = unsettled;
  return {
    code: overdue > 0 ? 'overdue' : 'unsettled',
    message: `${count(length, 'request is', 'requests are')} unsettled${overdue > 0 ? `, ${overdue} overdue` : ''}.`,
    next: `To carry on: ${invocation(app.flags)} resume`,
    requestIds: unsettled.slice(0, 100).map(({ id }) => id),
  };
}

async function wanted(
  options: StatusOptions,
  ledger: Ledger,
  app: App,
): Promise<readonly Request[]> {
  const { about, all, state } = options;
  const states = state.length > 0 ? state : REQUEST_STATES;
  if (about === null) {
    const seen = state.length > 0 || all ? states : states.filter((each) => !isSettled(each));
    return byUrgency(await ledger.list({ states: seen }));
  }
  const ofUser = await ledger.list({ user: about, states });
  const found = ofUser.length > 0 ? ofUser : await ledger.list({ ids: [about], states });
  if (found.length > 0) return found;
  const { profile } = await app.settings();
  throw new GdprError(
    'unknown_request',
    `The ledger of profile ${profile} knows no request by ${quoteId(about)}.`,
    { next: 'See what there is: gdpr status --all (with --profile for another ledger)' },
  );
}

function byUrgency(requests: readonly Request[]): readonly Request[] {
  return requests.toSorted((a, b) => a.dueOn.localeCompare(b.dueOn));
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number above 0.');
  return Number(text);
}

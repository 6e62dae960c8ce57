import { type Command, InvalidArgumentError } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { paintFor } from '../report/paint.ts';
import { statusJson, statusTable } from '../report/status-text.ts';
import { calendarDay } from '../requests/deadline.ts';
import { statusCode } from '../requests/exit.ts';
import { quoteId } from '../requests/ids.ts';
import { REQUEST_STATES, type Request, type RequestState } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import { printReceipt } from './paper.ts';
import { repeatable } from './repeatable.ts';

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
  // All of them make the exit code; the limit is for the eyes.
  const requests = await wanted(options, await app.ledger());
  const shown = requests.slice(0, options.limit);
  const { deadline } = await app.settings();
  const today = calendarDay(host.clock.now(), deadline.timeZone);
  if (flags.json) {
    for (const request of shown) host.stdout.write(`${statusJson(request, today)}\n`);
  } else if (options.about !== null) {
    for (const request of shown) await printReceipt(request, app);
  } else {
    const paint = paintFor(host.stdout, host.env, flags.color);
    host.stdout.write(`${statusTable(shown, { paint, today, now: host.clock.now() })}\n`);
  }
  return statusCode(requests, today);
}

async function wanted(options: StatusOptions, ledger: Ledger): Promise<readonly Request[]> {
  const { about, all, state } = options;
  if (about === null) {
    const states =
      state.length > 0 ? state : REQUEST_STATES.filter((each) => all || !isSettled(each));
    return byUrgency(await ledger.list({ states }));
  }
  const ids = (await ledger.list({ user: about })).map(({ id }) => id);
  const found: Request[] = [];
  // One by one: only then is each one's chain of events verified.
  for (const id of ids.length === 0 ? [about] : ids) {
    const request = await ledger.request(id);
    if (request !== null) found.push(request);
  }
  if (found.length > 0) return found;
  throw new GdprError('unknown_request', `No request is known by ${quoteId(about)}.`, {
    next: 'See what there is: gdpr status --all',
  });
}

function byUrgency(requests: readonly Request[]): readonly Request[] {
  return requests.toSorted((a, b) => a.dueOn.localeCompare(b.dueOn));
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number above 0.');
  return Number(text);
}

import type { Command } from 'commander';
import type { App } from '../../app.ts';
import type { RequestFilter } from '../../ledger/ledger.ts';
import { statusDetail } from '../../report/status/status-detail.ts';
import { type Shown, statusJson } from '../../report/status/status-json.ts';
import { statusTable, unsettledWords } from '../../report/status/status-text.ts';
import { paintFor } from '../../report/text.ts';
import { list } from '../../report/words.ts';
import { nextCheck } from '../../requests/polling.ts';
import { receiptOf } from '../../requests/receipt.ts';
import { type Action, REQUEST_STATES, type RequestState } from '../../requests/request.ts';
import { type Standings, isSettled, statusCode, unsettled } from '../../requests/state.ts';
import { bundleOf } from '../../worker/jobs/seal.ts';
import { interrupted } from '../shared/confirm.ts';
import {
  type WaitFlags,
  parseCount,
  parseDuration,
  parseInterval,
  repeatable,
  waitFlags,
} from '../shared/flags.ts';
import { invocation, printLastWords, printReceipt } from '../shared/output.ts';
import { type View, type Wanted, filterOf, readView, refreshed } from './view.ts';

interface StatusOptions extends Wanted, Pick<WaitFlags, 'pollInterval' | 'rateShare'> {
  limit: number;
  offline: boolean;
  watch: boolean;
}

const NOTHING_SAID = {
  all: false,
  action: [],
  state: [],
  reference: null,
  dueWithin: null,
  limit: 50,
  offline: false,
  watch: false,
} as const;

const ACTIONS: readonly Action[] = ['export', 'erase', 'restore'];

/** Declares `gdpr status` and runs it; `done` gets the exit code. */
export function declareStatus(command: Command, app: App, done: (code: number) => void): void {
  command
    .argument('[request|user]', 'one request, or all of one user, in full')
    .optionsGroup('Which ones:')
    .option('--all', 'settled ones too')
    .option(
      '--action <action>',
      `only this action (repeatable): ${ACTIONS.join(', ')}`,
      repeatable(ACTIONS),
    )
    .option(
      '--state <state>',
      `only in this state (repeatable): ${REQUEST_STATES.join(', ')}`,
      repeatable(REQUEST_STATES),
    )
    .option('--reference <text>', "only with this reference: the operator's ticket")
    .option('--due-within <duration>', 'only what is due within this, such as 7d', parseDuration)
    .option('--limit <n>', 'show at most so many (default 50)', (text) => parseCount(text, 7))
    .optionsGroup('How they are shown:')
    .option('--offline', 'ask nobody: what the ledger has')
    .option('--watch', 'show it again and again until nothing is left')
    .option(
      '--poll-interval <duration>',
      'first interval between looks with --watch (default 2s, grows to 30s)',
      parseInterval,
    )
    .action(async (about: string | undefined, options) => {
      const said = { ...NOTHING_SAID, ...options, ...waitFlags(options), about: about ?? null };
      done(await runStatus(said, app));
    });
}

async function runStatus(options: StatusOptions, app: App): Promise<number> {
  if (!options.offline) await app.requireAccount();
  const filter = await filterOf(options, app);
  if (options.watch) return watch(options, filter, app);
  const view = await look(options, filter, app);
  await show(view, options, app);
  return end(view, app);
}

function end(view: View, app: App): number {
  if (view.broken !== null) throw view.broken;
  return concludeStatus(view, app);
}

/** The cursor goes home, and everything goes that stands there, what was scrolled away included. */
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

const SAFE = 'Only the watching has ended: nothing was changed or stopped by that.';

/**
 * Shows a status again and again until nothing unsettled is left: drawn anew on a terminal, printed
 * again when something changed elsewhere, and with `--json` a document for each change. Resolves to
 * the exit code.
 */
async function watch(options: StatusOptions, filter: RequestFilter, app: App): Promise<number> {
  const { host, flags } = app;
  const isScreen = host.stdout.isTTY && host.env['TERM'] !== 'dumb' && !flags.json;
  let heads = new Map<string, string>();
  let last = '';
  for (let looks = 0; !host.stop.aborted; looks += 1) {
    const view = await look(options, filter, app);
    const now = new Map(view.page.map(headOf));
    // Those that were shown the last time are no longer on the page if they changed.
    const gone = [...heads.keys()].filter((id) => !now.has(id));
    const all = [...view.page, ...(await readView(gone, filter, app)).page];
    if (host.stop.aborted) break;
    const known = heads;
    const changed = all.filter(({ request }) => known.get(request.id) !== request.ledger.head);
    const sameness = JSON.stringify([view.tally, [...now], view.missed]);
    if (flags.json) {
      if (sameness !== last) printMissed(view, app);
      printJson(changed, view, app);
    } else if (isScreen || sameness !== last) {
      if (isScreen) host.stdout.stream.write(CLEAR);
      await show(view, options, app);
    }
    [last, heads] = [sameness, now];
    if (view.broken !== null || unsettled(view.tally.states) === 0) return end(view, app);
    await host.clock.sleep(pause(looks, options, app), host.stop);
  }
  return interrupted(SAFE, app);
}

function headOf({ request }: Shown): [id: string, head: string] {
  return [request.id, request.ledger.head];
}

function pause(looks: number, { pollInterval }: StatusOptions, { host }: App): number {
  const at = host.clock.now();
  return nextCheck(looks, { at, random: host.random(), pollInterval }) - at;
}

/** The page as it is now: what runs is asked about first. */
async function look(options: StatusOptions, filter: RequestFilter, app: App): Promise<View> {
  const page = await (await app.ledger()).list({ ...filter, limit: options.limit });
  const missed = options.offline ? [] : await refreshed(page, options, app);
  const ids = page.map(({ id }) => id);
  return { ...(await readView(ids, filter, app)), missed };
}

async function show(view: View, options: StatusOptions, app: App): Promise<void> {
  printMissed(view, app);
  if (app.flags.json) printJson(view.page, view, app);
  else if (options.about === null || view.page.length === 0) printTable(view, options.state, app);
  else await printDetails(view, app);
}

/** Says what may be out of date, and why. */
export function printMissed({ missed }: View, { host, flags }: App): void {
  if (!flags.quiet) for (const each of missed) host.stderr.write(`${each}\n`);
}

/** Prints requests as `gdpr-status/1`, a line each. */
export function printJson(shown: readonly Shown[], { today, now }: View, { host }: App): void {
  for (const each of shown) host.stdout.write(`${statusJson(each, { today, now })}\n`);
}

/** Everything about each request; a settled one's receipt. */
export async function printDetails(view: View, app: App): Promise<void> {
  const { host, flags } = app;
  const { today, now } = view;
  const paint = paintFor(host.stdout, host.env, flags.color);
  for (const shown of view.page) {
    if (isSettled(shown.request.state))
      await printReceipt(receiptOf(shown.request, bundleOf(shown.request)), app);
    else {
      const showing = { paint, today, now, invocation: invocation(flags) };
      host.stdout.write(`${statusDetail(shown, showing)}\n\n`);
    }
  }
}

/** The table, and how many are not on it; what is `Nothing` is named by the states asked for. */
export function printTable(view: View, states: readonly RequestState[], app: App): void {
  const { host, flags } = app;
  const { page, today, now, tally, broken } = view;
  const requests = page.map(({ request }) => request);
  const table = statusTable(requests, {
    paint: paintFor(host.stdout, host.env, flags.color),
    today,
    now,
  });
  if (table === null && broken !== null) return;
  const what = states.length === 0 ? 'open' : list(states);
  host.stdout.write(`${table ?? `Nothing is ${what}.`}\n`);
  const all = total(tally);
  if (table === null || all <= requests.length) return;
  const numbers = [requests.length, all].map((number) => number.toLocaleString('en-US'));
  host.stdout.write(`${numbers.join(' of ')} shown, the most urgent ones; more: --limit <n>\n`);
}

/** The last words, unless all is well; the exit code, which is over all that was asked for. */
export function concludeStatus({ page, tally }: View, app: App): number {
  const exit = statusCode(tally);
  if (exit === 0) return exit;
  const requests = page.map(({ request }) => request);
  const ids = requests.filter(({ state }) => !isSettled(state)).map(({ id }) => id);
  printLastWords({ exit, ...unsettledWords(tally, ids, invocation(app.flags)) }, app);
  return exit;
}

function total({ states }: Standings): number {
  return Object.values(states).reduce((sum, each) => sum + each, 0);
}

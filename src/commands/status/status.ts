import { type Command, InvalidArgumentError } from 'commander';
import type { App } from '../../app.ts';
import type { RequestFilter } from '../../ledger/ledger.ts';
import type { Shown } from '../../report/status/status-json.ts';
import { unsettled } from '../../requests/exit-code.ts';
import { nextCheck } from '../../requests/polling.ts';
import { type Action, REQUEST_STATES } from '../../requests/request.ts';
import { interrupted } from '../shared/confirm.ts';
import {
  type WaitFlags,
  parseDuration,
  parseInterval,
  repeatable,
  waitFlags,
} from '../shared/flags.ts';
import { concludeStatus, printDetails, printJson, printMissed, printTable } from './print.ts';
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
    .option('--limit <n>', 'show at most so many (default 50)', parseLimit)
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

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number above 0.');
  return Number(text);
}

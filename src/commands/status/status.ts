import { type Command, InvalidArgumentError } from 'commander';
import type { App } from '../../app.ts';
import type { RequestFilter } from '../../ledger/ledger.ts';
import { type Action, REQUEST_STATES } from '../../requests/request.ts';
import { repeatable } from '../shared/request-flags.ts';
import { parseDuration, parseInterval, waitFlags } from '../shared/wait-flags.ts';
import { type Wanted, filterOf } from './filter.ts';
import { concludeStatus, printDetails, printJson, printMissed, printTable } from './print.ts';
import { type View, pageOf, readView, refreshed } from './view.ts';
import { watch } from './watch.ts';

interface StatusOptions extends Wanted {
  limit: number;
  offline: boolean;
  watch: boolean;
  /** ms. */
  pollInterval: number;
  rateShare: number | null;
}

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
      const { all = false, state = [], action = [], offline = false } = options;
      const { reference = null, dueWithin = null, limit = 50 } = options;
      const { pollInterval, rateShare } = waitFlags(options);
      const wanted = { about: about ?? null, all, actions: action, states: state, reference };
      const tempo = { watch: options.watch ?? false, offline, pollInterval, rateShare };
      done(await runStatus({ ...wanted, dueWithin, limit, ...tempo }, app));
    });
}

async function runStatus(options: StatusOptions, app: App): Promise<number> {
  if (!options.offline) await app.requireAccount();
  const filter = await filterOf(options, app);
  if (options.watch) return runWatch(options, filter, app);
  const view = await look(options, filter, app);
  await show(view, options, app);
  if (view.broken !== null) throw view.broken;
  return concludeStatus(view, app);
}

/** Watching goes on until nothing unsettled is left. */
function runWatch(options: StatusOptions, filter: RequestFilter, app: App): Promise<number> {
  return watch(
    {
      pollInterval: options.pollInterval,
      look: async (before) => {
        const view = await look(options, filter, app);
        const ids = new Set(view.page.map(({ request }) => request.id));
        const gone = before.filter((id) => !ids.has(id));
        return { view, gone: (await readView(gone, filter, app)).page };
      },
      show: (view) => show(view, options, app),
      tell: (changed, view) => printJson(changed, view, app),
      conclude: (view) => {
        if (view.broken !== null) throw view.broken;
        return concludeStatus(view, app);
      },
    },
    app,
  );
}

/** The page as it is now: what runs is asked about first. */
async function look(options: StatusOptions, filter: RequestFilter, app: App): Promise<View> {
  const page = await pageOf(filter, options.limit, app);
  const missed = options.offline ? [] : await refreshed(page, options, app);
  const ids = page.map(({ id }) => id);
  return { ...(await readView(ids, filter, app)), missed };
}

async function show(view: View, options: StatusOptions, app: App): Promise<void> {
  printMissed(view, app);
  if (app.flags.json) printJson(view.page, view, app);
  else if (options.about === null || view.page.length === 0) printTable(view, options.states, app);
  else await printDetails(view, app);
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number above 0.');
  return Number(text);
}

import { resolve } from 'node:path';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import { calendarDay } from '../requests/deadline.ts';
import type { Action, ProviderName } from '../requests/request.ts';
import type { Roster, RosterRow } from '../roster/roster.ts';
import type { RequestFlags } from './request-flags.ts';
import { checkIds, subjectsOf } from './subjects.ts';

/** How many rows are planned, looked up and recorded together. */
export const PAGE = 500;

/**
 * Whom a command line is about: those it names, or those in its CSV, every one of them checked. The
 * caller closes it. Throws GdprError `usage`: nothing was sent.
 */
export async function rosterOf(
  flags: RequestFlags,
  action: Action,
  providers: readonly ProviderName[],
  app: App,
): Promise<Roster> {
  const { host } = app;
  if (flags.csv === null) {
    const subjects = subjectsOf(flags, action);
    checkIds(subjects, providers);
    const { namedRoster } = await import('../roster/named-roster.ts');
    return namedRoster(subjects);
  }
  const [{ csvRoster }, { csvFile, csvStream }, { deadline }] = await Promise.all([
    import('../roster/csv-roster.ts'),
    import('../files/csv-source.ts'),
    app.settings(),
  ]);
  const source =
    flags.csv === '-'
      ? csvStream(host.stdin.stream)
      : csvFile(resolve(host.cwd, flags.csv), flags.csv, host.clock);
  const today = calendarDay(host.clock.now(), deadline.timeZone);
  const roster = await csvRoster(source, { providers, today, signal: host.stop });
  if (!app.flags.quiet) for (const each of roster.notices) host.stderr.write(`Note: ${each}\n`);
  return roster;
}

/** Throws GdprError `usage` where nobody is named, or people and a file. */
export function checkWho(flags: RequestFlags, action: Action): void {
  const { users, streamId, sendbirdId, csv } = flags;
  if (csv === null) {
    subjectsOf(flags, action);
    return;
  }
  if (csv === '') {
    throw new GdprError('usage', '--csv names no file.', {
      next: 'Nothing was sent. Name a CSV file, or - for standard input.',
    });
  }
  const named = [
    ...(users.length > 0 ? ['user ids'] : []),
    ...(streamId === null ? [] : ['--stream-id']),
    ...(sendbirdId === null ? [] : ['--sendbird-id']),
  ];
  if (named.length === 0) return;
  throw new GdprError('usage', `--csv and ${named.join(', ')} do not go together.`, {
    next: 'Nothing was sent. Put everybody into the file, or leave --csv out.',
  });
}

/** The rows that there is something to do for, page by page. */
export function* leftToDo(roster: Roster): Generator<readonly RosterRow[]> {
  for (const page of roster.pages(PAGE)) {
    const rows = page.filter(({ fate }) => fate !== 'skipped');
    if (rows.length > 0) yield rows;
  }
}

/** The same before the work begins: throws the signal's reason when one has come. */
export async function* toDo(roster: Roster, { host }: App): AsyncGenerator<readonly RosterRow[]> {
  for (const rows of leftToDo(roster)) {
    await heed(host);
    yield rows;
  }
}

/** Lets a signal be heard, and throws its reason. */
export async function heed({ clock, stop }: App['host']): Promise<void> {
  await clock.turn();
  stop.throwIfAborted();
}

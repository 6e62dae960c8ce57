import { resolve } from 'node:path';
import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import { calendarDay } from '../../requests/deadline.ts';
import { idFault, quoteId } from '../../requests/ids.ts';
import { idAt } from '../../requests/plan/plan.ts';
import type { Action, ProviderName, Subject } from '../../requests/request.ts';
import type { SubjectTable, SubjectRow } from '../../subjects/subjects.ts';
import type { RequestFlags } from '../shared/flags.ts';

/** How many rows are planned, looked up and recorded together. */
export const PAGE = 500;

/**
 * Whom a command line is about: those it names, or those in its CSV, every one of them checked. The
 * caller closes it. Throws GdprError `usage`: nothing was sent.
 */
export async function subjectTableOf(
  flags: RequestFlags,
  action: Action,
  providers: readonly ProviderName[],
  app: App,
): Promise<SubjectTable> {
  const { host } = app;
  const { deadline, stateDir } = await app.settings();
  const folder = flags.dryRun ? null : stateDir;
  if (flags.csv === null) {
    const subjects = subjectsOf(flags, action);
    checkIds(subjects, providers);
    const { namedSubjects } = await import('../../subjects/subjects.ts');
    return namedSubjects(subjects, folder);
  }
  const [{ csvSubjects }, { csvFile, csvStream }] = await Promise.all([
    import('../../subjects/csv-subjects.ts'),
    import('../../files/csv/source.ts'),
  ]);
  const source =
    flags.csv === '-'
      ? csvStream(host.stdin.stream)
      : csvFile(resolve(host.cwd, flags.csv), flags.csv, host.clock);
  const today = calendarDay(host.clock.now(), deadline.timeZone);
  const rules = { providers, today, signal: host.stop, folder };
  const subjectTable = await csvSubjects(source, rules);
  if (!app.flags.quiet)
    for (const each of subjectTable.notices) host.stderr.write(`Note: ${each}\n`);
  return subjectTable;
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
export function* leftToDo(subjectTable: SubjectTable): Generator<readonly SubjectRow[]> {
  for (const page of subjectTable.pages(PAGE)) {
    const rows = page.filter(({ disposition }) => disposition !== 'skipped');
    if (rows.length > 0) yield rows;
  }
}

/** The same before the work begins: throws the signal's reason when one has come. */
export async function* toDo(
  subjectTable: SubjectTable,
  { host }: App,
): AsyncGenerator<readonly SubjectRow[]> {
  for (const rows of leftToDo(subjectTable)) {
    await throwIfStopped(host);
    yield rows;
  }
}

/** Their subjects. */
export async function* subjectsToDo(
  subjectTable: SubjectTable,
  app: App,
): AsyncGenerator<readonly Subject[]> {
  for await (const rows of toDo(subjectTable, app)) yield rows.map(({ subject }) => subject);
}

/** Lets a signal be heard, and throws its reason. */
export async function throwIfStopped({ clock, stop }: App['host']): Promise<void> {
  await clock.turn();
  stop.throwIfAborted();
}

/** The subjects of a command line, each once. Throws GdprError `usage`. */
function subjectsOf(flags: RequestFlags, action: Action): Subject[] {
  const { users, streamId, sendbirdId } = flags;
  const ownIds = streamId ?? sendbirdId;
  if (users.length === 0 && ownIds === null) {
    throw new GdprError('usage', 'Nobody is named: whose data is it about?', {
      next: `Nothing was sent. Give one user id or more, for example: gdpr ${action} ada`,
    });
  }
  if (users.length > 1 && ownIds !== null) {
    throw new GdprError(
      'usage',
      `--stream-id and --sendbird-id go with one user, and ${users.length} are named.`,
      { next: 'Nothing was sent. Run the command once for each of them.' },
    );
  }
  if (users.length === 0) return [{ userId: ownIds ?? '', streamId, sendbirdId }];
  return [...new Set(users)].map((userId) => ({
    userId,
    streamId: streamId ?? userId,
    sendbirdId: sendbirdId ?? userId,
  }));
}

/** Throws GdprError `usage` with every id that is refused, before anything is sent. */
function checkIds(subjects: readonly Subject[], providers: readonly ProviderName[]): void {
  const faults = subjects.flatMap((subject) => faultsOf(subject, providers));
  if (faults.length > 0) {
    throw new GdprError('usage', `Refused: ${faults.join('; ')}.`, {
      next: 'Nothing was sent. Ids are taken as they are: never trimmed, never guessed.',
    });
  }
}

function faultsOf(subject: Subject, providers: readonly ProviderName[]): string[] {
  const faults = providers.flatMap((provider) => {
    const id = idAt(subject, provider);
    const fault = id === null ? null : idFault(id, provider);
    return fault === null ? [] : [`the user id ${quoteId(id ?? '')} ${fault}`];
  });
  // Where each provider has an id of its own it is not sent, and still names the person.
  if (subject.userId === '') faults.push('the user id "" is empty');
  if (providers.every((provider) => idAt(subject, provider) === null)) {
    faults.push(`no provider that is asked has an id of ${quoteId(subject.userId)}`);
  }
  return [...new Set(faults)];
}

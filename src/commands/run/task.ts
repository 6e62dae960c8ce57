import { resolve } from 'node:path';
import type { App } from '../../app.ts';
import type { Settings } from '../../config/settings.ts';
import { GdprError } from '../../errors.ts';
import { type ResultsPlace, prepareResults } from '../../files/csv/results-place.ts';
import type { Provider } from '../../providers/provider.ts';
import { calendarDay, dueDay, isCalendarDay } from '../../requests/deadline.ts';
import type { RowOwn } from '../../requests/identity.ts';
import { idFault, quoteId } from '../../requests/ids.ts';
import {
  type ExportTarget,
  type OwnDetails,
  type RequestDetails,
  idAt,
} from '../../requests/plan/plan.ts';
import type { Action, Operation, ProviderName, Subject } from '../../requests/request.ts';
import type { SubjectRow, SubjectTable } from '../../subjects/subjects.ts';
import type { RequestFlags } from '../shared/flags.ts';
import { type Guard, choiceGuards } from '../shared/guards.ts';

/** What an export, an erase and a restore begin with, all of it checked. */
export interface Task {
  settings: Settings;
  providers: ReadonlyMap<ProviderName, Provider>;
  targets: readonly ExportTarget[];
  subjectTable: SubjectTable;
  results: ResultsPlace | null;
  /** The folder of the bundles; null: there are none. */
  outDir: string | null;
  /** Why it is not certain which account is meant: what a dry run reports. */
  doubts: readonly Guard[];
}

/**
 * Reads and checks whom a command is about, which providers are asked and where results go, and hands
 * that to `work`. Throws GdprError `usage` or `config`.
 */
export async function withSubjects(
  action: Action,
  options: RequestFlags,
  outDirOf: () => string | null,
  app: App,
  work: (task: Task) => Promise<number>,
): Promise<number> {
  checkWho(options, action);
  const doubts = await choiceGuards(action === 'export' ? null : options.yes, options.dryRun, app);
  const settings = await app.settings();
  const providers = await app.providers(options, options.dryRun);
  const targets = targetsOf(settings, providers, options.provider);
  const outDir = outDirOf();
  const results = await checkedResults(options, outDir, app);
  const names = targets.map(({ provider }) => provider);
  const subjectTable = await subjectTableOf(options, action, names, app);
  try {
    return await work({ settings, providers, targets, subjectTable, results, outDir, doubts });
  } finally {
    subjectTable.close();
  }
}

/** What requests are noted with. */
export interface DetailsSource {
  /** What the command line says for all. */
  common: RequestDetails;
  /** What each row says for itself, and the command line where the row says nothing. */
  own: (rows: readonly SubjectRow[]) => readonly OwnDetails[];
  /** The same as it was written, for the row's identity. */
  written: (row: SubjectRow) => RowOwn;
}

/** Throws GdprError `usage` for a `--received` that is no day, or one that has not come yet. */
export async function detailsOf(
  { reference, received }: { reference: string | null; received: string | null },
  outDir: string | null,
  app: App,
): Promise<DetailsSource> {
  const { profile, operator, deadline } = await app.settings();
  const today = calendarDay(app.host.clock.now(), deadline.timeZone);
  const receivedOn = received ?? today;
  checkReceived(receivedOn, today);
  const isHoliday = await app.holidays();
  const dueDays = new Map<string, string>();
  const dueOf = (day: string): string => {
    const due = dueDays.get(day) ?? dueDay(day, isHoliday);
    dueDays.set(day, due);
    return due;
  };
  return {
    common: { reference, profile, operator, receivedOn, dueOn: dueOf(receivedOn), outDir },
    own: (rows) =>
      rows.map((row) => {
        const day = row.receivedOn ?? receivedOn;
        return { reference: row.reference ?? reference, receivedOn: day, dueOn: dueOf(day) };
      }),
    written: (row) => ({
      reference: row.reference ?? reference,
      receivedOn: row.receivedOn ?? received,
    }),
  };
}

function checkReceived(receivedOn: string, today: string): void {
  if (!isCalendarDay(receivedOn)) {
    throw new GdprError('usage', `--received ${JSON.stringify(receivedOn)} is not a day.`, {
      next: `Nothing was sent. Days are written like ${today}.`,
    });
  }
  if (receivedOn > today) {
    throw new GdprError('usage', `--received ${receivedOn} is in the future (today is ${today}).`, {
      next: 'Nothing was sent. Give the day on which the person asked.',
    });
  }
}

/**
 * The providers that a run is about, each with what an export asks of it: all that the profile
 * configures, or those `wanted`. Throws GdprError `config` for one that it does not configure.
 */
export function targetsOf(
  { stream, profile }: Settings,
  providers: ReadonlyMap<ProviderName, Provider>,
  wanted: readonly ProviderName[],
): ExportTarget[] {
  const missing = wanted.find((name) => !providers.has(name));
  if (missing !== undefined) {
    throw new GdprError('config', `The profile ${profile} does not configure ${missing}.`, {
      next: 'Nothing was sent. Configure it, or leave --provider out.',
    });
  }
  const products = stream?.products ?? [];
  const ofStream: Operation[] = [
    ...(products.includes('feeds') ? (['export_feeds'] as const) : []),
    ...(products.some((each) => each !== 'feeds') ? (['export_users'] as const) : []),
  ];
  return [...providers.values()]
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    .map(({ name, account }) => ({
      provider: name,
      account,
      operations: name === 'stream' ? ofStream : ['access'],
    }));
}

/**
 * Where the results go, checked before anything is sent and before `outDir` (null: there is none) is
 * made; null: nowhere. Throws GdprError `usage`.
 */
async function checkedResults(
  { results, csv, dryRun }: RequestFlags,
  outDir: string | null,
  app: App,
): Promise<ResultsPlace | null> {
  if (results === null) return null;
  if (dryRun) {
    throw new GdprError('usage', '--results has no effect with --dry-run: nothing comes of it.', {
      next: 'Nothing was sent. Leave one of them out.',
    });
  }
  const { host } = app;
  const input = csv === null || csv === '-' ? csv : resolve(host.cwd, csv);
  return prepareResults(results, host.cwd, { input, kept: await app.kept(), outDir });
}

/**
 * Whom a command line is about: those it names, or those in its CSV, every one of them checked. The
 * caller closes it. Throws GdprError `usage`: nothing was sent.
 */
async function subjectTableOf(
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
function checkWho(flags: RequestFlags, action: Action): void {
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
    const message = `--stream-id and --sendbird-id go with one user, and ${users.length} are named.`;
    throw new GdprError('usage', message, {
      next: 'Nothing was sent. Run the command once for each of them.',
    });
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

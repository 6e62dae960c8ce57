import { join } from 'node:path';
import type { Connected, Pace } from './app/connect.ts';
import type { Examination } from './app/examination.ts';
import type { ProjectFile, Setup } from './app/setup.ts';
import type { SANDBOX } from './config/accounts.ts';
import type { ConfigFlags, Settings } from './config/settings.ts';
import type { GdprError } from './errors.ts';
import type { Kept } from './files/protected-places.ts';
import type { Host } from './host/host.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { ProviderName } from './requests/request.ts';

/** The flags that every command takes, docs/spec.md 2. */
export interface GlobalFlags extends ConfigFlags {
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  color: boolean;
  input: boolean;
}

/** What commands are handed: everything that has to be constructed, made when it is first asked for. */
export type App = ReturnType<typeof createApp>;

/** Constructs the app; nothing is read or opened yet, and the flags not before they are parsed. */
export function createApp(readFlags: () => GlobalFlags, argv: readonly string[], host: Host) {
  let settings: Promise<Settings> | undefined;
  let ledger: Promise<Ledger> | undefined;
  let connected: Promise<Connected> | undefined;
  let providers: Connected['providers'] = new Map();
  let began = false;

  const app = {
    host,
    get flags(): GlobalFlags {
      return readFlags();
    },
    /** What the program was called with. */
    argv,
    settings(): Promise<Settings> {
      settings ??= readSettings(app);
      return settings;
    },
    /** What no output may touch; the configuration is not read for it. */
    async kept(): Promise<Kept> {
      return (await import('./config/find.ts')).keptPlaces(app.flags, host);
    },
    ledger(): Promise<Ledger> {
      ledger ??= openLedgerOf(app);
      return ledger;
    },
    /** The ledger if there is one: for what must leave no trace. */
    async ledgerIfAny(): Promise<Ledger | null> {
      const { isOccupied } = await import('./ledger/file/recognise.ts');
      const { stateDir } = await app.settings();
      return isOccupied(join(stateDir, 'ledger.sqlite')) ? app.ledger() : null;
    },
    /** Why it is not certain which account is meant; `yes` as it answers what deletes or brings back, else null. */
    async doubts(yes: boolean | null): Promise<readonly GdprError[]> {
      const { doubtsOf } = await import('./config/profile.ts');
      return doubtsOf(await app.settings(), yes);
    },
    /** Throws the first of them: for whatever may send. */
    async requireAccount(): Promise<void> {
      const [doubt] = await app.doubts(null);
      if (doubt !== undefined) throw doubt;
    },
    /**
     * The providers that the profile configures; the first tempo asked for holds. Unless `isDry`, and
     * nobody is asked, it throws as `requireAccount` does.
     */
    async providers(tempo: Pace, isDry = false): Promise<Connected['providers']> {
      if (!isDry) await app.requireAccount();
      connected ??= import('./app/connect.ts').then(async ({ connect }) =>
        connect(await app.settings(), tempo, app.flags.verbose, host),
      );
      ({ providers } = await connected);
      return providers;
    },
    /** HTTP calls made to the providers so far, repetitions included. */
    calls: (): ReadonlyMap<ProviderName, number> =>
      new Map([...providers].map(([name, { calls }]) => [name, calls])),
    /** Whether a day is a public holiday where the deadline is counted. */
    async holidays(): Promise<(day: string) => boolean> {
      const { holidayCheck } = await import('./config/holidays.ts');
      return holidayCheck((await app.settings()).deadline);
    },
    /** Address and credentials of the built-in profile `sandbox`. */
    async sandboxProfile(): Promise<typeof SANDBOX> {
      return (await import('./config/accounts.ts')).SANDBOX;
    },
    /** The variables by which a shell finds a sandbox at this address, and nothing real. */
    async sandboxVariables(origin: string): Promise<Record<string, string>> {
      return (await import('./config/accounts.ts')).sandboxVariables(origin, host);
    },
    /** The names of the profiles that there are, for completion; `config` is a file as `--config` names it. */
    async profileNames(config: string | null): Promise<readonly string[]> {
      return (await import('./config/profile-names.ts')).profileNames(config, host);
    },
    /** Finds out how everything stands; makes and changes nothing. */
    async examination(): Promise<Examination> {
      const { createExamination } = await import('./app/examination.ts');
      return createExamination(app.flags, host);
    },
    /** Where a new profile goes, and all that it takes to write it. Throws GdprError `usage`, `config` or `untrusted`. */
    async setup(project: boolean): Promise<Setup> {
      const { createSetup } = await import('./app/setup.ts');
      const { config, verbose } = app.flags;
      return createSetup({ project, config }, verbose, host);
    },
    /** The project's file, to be trusted. Throws GdprError `usage` or `config`. */
    async projectFile(): Promise<ProjectFile> {
      return (await import('./app/setup.ts')).openProjectFile(host);
    },
    /** Has the work gone so far that something may be left open? */
    get began(): boolean {
      return began;
    },
    begin(): void {
      began = true;
    },
    async close(): Promise<void> {
      const made = await Promise.allSettled([ledger, connected]);
      for (const each of made) if (each.status === 'fulfilled') await each.value?.close();
    },
  };
  return app;
}

async function readSettings({ flags, host }: App): Promise<Settings> {
  const { loadSettings } = await import('./config/load.ts');
  const settings = await loadSettings(flags, host);
  if (!flags.quiet) for (const each of settings.warnings) host.stderr.write(`Note: ${each}\n`);
  return settings;
}

async function openLedgerOf(app: App): Promise<Ledger> {
  const [{ openLedger }, { stateDir }] = await Promise.all([
    import('./ledger/sqlite.ts'),
    app.settings(),
  ]);
  return openLedger(stateDir, app.host);
}

import { join } from 'node:path';
import type { Connected, Pace } from './app/connect.ts';
import type { Examination } from './app/examination.ts';
import type { ProjectFile, Setup } from './app/setup.ts';
import type { SANDBOX } from './config/accounts.ts';
import type { Settings } from './config/settings.ts';
import type { GdprError } from './errors.ts';
import type { Kept } from './files/protected-places.ts';
import type { Host } from './host/host.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Provider } from './providers/provider.ts';
import type { ProviderName } from './requests/request.ts';

/** The flags that every command takes, docs/spec.md 2. */
export interface GlobalFlags {
  profile: string | null;
  config: string | null;
  stateDir: string | null;
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  color: boolean;
  input: boolean;
}

/** What commands are handed: everything that has to be constructed, made when it is first asked for. */
export interface App {
  readonly host: Host;
  readonly flags: GlobalFlags;
  /** What the program was called with. */
  readonly argv: readonly string[];
  settings(): Promise<Settings>;
  /** What no output may touch; the configuration is not read for it. */
  kept(): Promise<Kept>;
  ledger(): Promise<Ledger>;
  /** The ledger if there is one: for what must leave no trace. */
  ledgerIfAny(): Promise<Ledger | null>;
  /** Why it is not certain which account is meant; `yes` as it answers what deletes or brings back, else null. */
  doubts(yes: boolean | null): Promise<readonly GdprError[]>;
  /** Throws the first of them: for whatever may send. */
  requireAccount(): Promise<void>;
  /**
   * The providers that the profile configures; the first tempo asked for holds. Unless `isDry`, and
   * nobody is asked, it throws as `requireAccount` does.
   */
  providers(tempo: Pace, isDry?: boolean): Promise<ReadonlyMap<ProviderName, Provider>>;
  /** HTTP calls made to the providers so far, repetitions included. */
  calls(): ReadonlyMap<ProviderName, number>;
  /** Whether a day is a public holiday where the deadline is counted. */
  holidays(): Promise<(day: string) => boolean>;
  /** Address and credentials of the built-in profile `sandbox`. */
  sandboxProfile(): Promise<typeof SANDBOX>;
  /** The variables by which a shell finds a sandbox at this address, and nothing real. */
  sandboxVariables(origin: string): Promise<Record<string, string>>;
  /** The names of the profiles that there are, for completion; `config` is a file as `--config` names it. */
  profileNames(config: string | null): Promise<readonly string[]>;
  /** Finds out how everything stands; makes and changes nothing. */
  examination(): Promise<Examination>;
  /** Where a new profile goes, and all that it takes to write it. Throws GdprError `usage`, `config` or `untrusted`. */
  setup(project: boolean): Promise<Setup>;
  /** The project's file, to be trusted. Throws GdprError `usage` or `config`. */
  projectFile(): Promise<ProjectFile>;
  /** Has the work gone so far that something may be left open? */
  readonly began: boolean;
  begin(): void;
  close(): Promise<void>;
}

/** Constructs the app; nothing is read or opened yet, and the flags not before they are parsed. */
export function createApp(readFlags: () => GlobalFlags, argv: readonly string[], host: Host): App {
  let settings: Promise<Settings> | undefined;
  let ledger: Promise<Ledger> | undefined;
  let connected: Promise<Connected> | undefined;
  let providers: Connected['providers'] = new Map();
  let began = false;

  const app: App = {
    host,
    get flags() {
      return readFlags();
    },
    argv,
    settings() {
      settings ??= readSettings(app);
      return settings;
    },
    async kept() {
      return (await import('./config/find.ts')).keptPlaces(app.flags, host);
    },
    ledger() {
      ledger ??= openLedgerOf(app);
      return ledger;
    },
    async ledgerIfAny() {
      const { isOccupied } = await import('./ledger/file/recognise.ts');
      const { stateDir } = await app.settings();
      return isOccupied(join(stateDir, 'ledger.sqlite')) ? app.ledger() : null;
    },
    async doubts(yes) {
      const { doubtsOf } = await import('./config/profile/choose.ts');
      return doubtsOf(await app.settings(), yes);
    },
    async requireAccount() {
      const [doubt] = await app.doubts(null);
      if (doubt !== undefined) throw doubt;
    },
    async providers(tempo, isDry = false) {
      if (!isDry) await app.requireAccount();
      connected ??= import('./app/connect.ts').then(async ({ connect }) =>
        connect(await app.settings(), tempo, app.flags.verbose, host),
      );
      ({ providers } = await connected);
      return providers;
    },
    calls: () => new Map([...providers].map(([name, { calls }]) => [name, calls])),
    async holidays() {
      const { holidayCheck } = await import('./config/holidays.ts');
      return holidayCheck((await app.settings()).deadline);
    },
    async sandboxProfile() {
      return (await import('./config/accounts.ts')).SANDBOX;
    },
    async sandboxVariables(origin) {
      return (await import('./config/accounts.ts')).sandboxVariables(origin, host);
    },
    async profileNames(config) {
      return (await import('./config/profile/names.ts')).profileNames(config, host);
    },
    async examination() {
      const { createExamination } = await import('./app/examination.ts');
      return createExamination(app.flags, host);
    },
    async setup(project) {
      const { createSetup } = await import('./app/setup.ts');
      const { config, verbose } = app.flags;
      return createSetup({ project, config }, verbose, host);
    },
    async projectFile() {
      return (await import('./app/setup.ts')).openProjectFile(host);
    },
    get began() {
      return began;
    },
    begin() {
      began = true;
    },
    async close() {
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

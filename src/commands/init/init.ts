import type { Command } from 'commander';
import type { App } from '../../app.ts';
import type { Draft } from '../../config/settings.ts';
import { GdprError } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { wrap } from '../../report/text.ts';
import { PROVIDER, list } from '../../report/words.ts';
import type { ProviderName } from '../../requests/request.ts';
import type { Unreachable } from '../../requests/transitions/answers.ts';
import { interrupted } from '../shared/confirm.ts';
import { askingGuard } from '../shared/guards.ts';
import { invocation } from '../shared/output.ts';
import {
  type InitOptions,
  declareInitFlags,
  draftOf,
  flagFault,
  names,
  requireSound,
} from './flags.ts';
import { type Asker, Interrupted, type Named, createAsker, interview } from './interview.ts';
import { runTrust } from './trust.ts';

type Setup = Awaited<ReturnType<App['setup']>>;

const SAFE = 'Nothing was written.';

/** The name when there is nobody to ask and no `--profile`. */
const USUAL_NAME = 'production';

/** Declares `gdpr init` and runs it; `done` gets the exit code. */
export function declareInit(command: Command, app: App, done: (code: number) => void): void {
  declareInitFlags(command).action(async (options: InitOptions) => {
    try {
      done(
        await (options.trust === true
          ? runTrust(options.yes ?? false, app)
          : runInit(options, app)),
      );
    } catch (thrown) {
      if (!(thrown instanceof Interrupted) && !app.host.stop.aborted) throw thrown;
      done(interrupted(SAFE, app));
    }
  });
}

/** Gathers, checks with the providers and writes a profile; resolves to the exit code. */
async function runInit(options: InitOptions, app: App): Promise<number> {
  const setup = await app.setup(options.project ?? false);
  const asker = askingGuard(false, app).length === 0 ? createAsker(app.host) : null;
  const gathered = await gather(options, setup, asker, app);
  const profile = await withPlainSecrets(gathered, options, setup);
  const checked = options.check === false ? [] : await checkUntilAgreed(profile, setup, asker, app);
  if (app.host.stop.aborted) return interrupted(SAFE, app);
  await setup.write(profile.name, profile.draft);
  await printEnd(profile, checked, setup, app);
  return 0;
}

async function gather(
  options: InitOptions,
  setup: Setup,
  asker: Asker | null,
  app: App,
): Promise<Named> {
  const ground = { host: app.host, path: setup.place.path };
  const { draft, faults: misread } = draftOf(options, ground);
  const faults = [...misread, ...misplaced(options, setup)];
  const { profile } = app.flags;
  if (profile !== null) requireFree(profile, setup);
  const said = await setup.faults(profile ?? USUAL_NAME, draft);
  if (asker === null) {
    const missing = noProvider(draft);
    requireSound([...faults, ...said.map(flagFault), ...missing]);
    requireFree(profile ?? USUAL_NAME, setup);
    return { name: profile ?? USUAL_NAME, draft };
  }
  // What is missing is asked for.
  requireSound([
    ...faults,
    ...said.filter(({ message }) => message !== 'is missing').map(flagFault),
  ]);
  if (!app.flags.quiet) app.host.stderr.write(`${opening(setup)}\n`);
  return interview(profile, draft, { asker, setup, app, ground });
}

function opening({ place }: Setup): string {
  const what = place.existing === null ? 'a new file' : 'a file that is there already';
  return [
    `This sets up a profile in ${what}:`,
    `  ${place.path}`,
    'Secrets stay where they are. Ctrl-C at any question: nothing is written.',
  ].join('\n');
}

function noProvider(draft: Draft): string[] {
  if (names(draft, 'stream') || names(draft, 'sendbird')) return [];
  return ['--stream-api-key or --sendbird-app-id is missing: a profile has one provider at least'];
}

/** Flags that have no place here. */
function misplaced({ plainSecrets = false, yes = false }: InitOptions, { place }: Setup): string[] {
  const faults: string[] = [];
  // A project's file is there for everybody who has the project.
  if (plainSecrets && place.kind === 'project') {
    faults.push('--plain-secrets has no place in the file of a project, which others have too');
  }
  if (yes) faults.push('--yes goes with --trust: a profile is written without a yes');
  return faults;
}

function requireFree(name: string, { place }: Setup): void {
  if (place.existing?.profiles.includes(name) !== true) return;
  throw new GdprError('guard', `Refused: ${place.path} has a profile ${name} already.`, {
    next: `${SAFE} Choose another name with --profile, or change that one in the file.`,
  });
}

/** With `--plain-secrets`, the secrets in place of where they are. */
async function withPlainSecrets(
  { name, draft }: Named,
  { plainSecrets = false }: InitOptions,
  setup: Setup,
): Promise<Named> {
  if (!plainSecrets) return { name, draft };
  const { 'stream.apiSecret': apiSecret, 'sendbird.apiToken': apiToken } = draft;
  const plain = {
    ...draft,
    ...(apiSecret === undefined ? {} : { 'stream.apiSecret': await setup.reveal(apiSecret) }),
    ...(apiToken === undefined ? {} : { 'sendbird.apiToken': await setup.reveal(apiToken) }),
  };
  requireSound((await setup.faults(name, plain)).map(flagFault));
  return { name, draft: plain };
}

/** Asks the providers until they answer well, or somebody wants the profile all the same. */
async function checkUntilAgreed(
  profile: Named,
  setup: Setup,
  asker: Asker | null,
  app: App,
): Promise<readonly Checked[]> {
  const isSilent = app.flags.quiet || app.flags.json;
  for (;;) {
    if (!isSilent)
      app.host.stderr.write('Checking with the providers: looking up an id that nobody has …\n');
    const checked = await checkLive(profile, setup, app);
    if (app.host.stop.aborted) return checked;
    const fault = checkFault(checked);
    // Where nobody is asked, what went wrong is said once, at the end.
    const shown = checked.filter(({ trouble }) => (trouble === null ? !isSilent : asker !== null));
    for (const each of shown) app.host.stderr.write(`${checkedText(each)}\n`);
    if (fault === null) return checked;
    if (asker === null) throw fault;
    const next = await asker.choice('What now?', {
      again: 'check again',
      write: 'write the profile all the same',
      stop: 'stop, and write nothing',
    });
    if (next === 'stop') throw fault;
    if (next === 'write') return checked;
  }
}

const REACH: Readonly<Record<Awaited<ReturnType<Setup['reach']>>, string>> = {
  unnamed: '',
  named: '',
  hidden: 'It is not found from this folder: another file has a profile of that name.\n',
  untrusted:
    "In this folder it is not used before the project's file is trusted: gdpr init --trust\n",
};

async function printEnd(
  { name, draft }: Named,
  checked: readonly Checked[],
  setup: Setup,
  app: App,
): Promise<void> {
  const { host, flags } = app;
  const { path } = setup.place;
  if (flags.json) {
    const document = {
      schema: 'gdpr-init/1',
      profile: name,
      file: path,
      checks: checked.map(({ provider, account, trouble }) => ({
        provider,
        account,
        ok: trouble === null,
        message: trouble?.error.message ?? null,
      })),
    };
    host.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const providers = (['stream', 'sendbird'] as const).filter((each) => names(draft, each));
  const which = providers.map((each) => PROVIDER[each]).join(' and ');
  host.stdout.write(`Profile ${name} (${which}) is written:\n  ${path}\n`);
  const reach = await setup.reach(name);
  host.stdout.write(REACH[reach]);
  const gdpr = invocation({ ...flags, profile: reach === 'unnamed' ? null : name });
  host.stdout.write(`Next: ${gdpr} doctor\nThen: ${gdpr} export <user> --dry-run\n`);
}

/** What a provider answered to a harmless question. */
interface Checked {
  provider: ProviderName;
  account: string;
  /** Null: it took the credentials. */
  trouble: Unreachable | null;
}

/** Looks up somebody who surely is not there, at every provider of the draft. Changes nothing. */
async function checkLive(
  { name, draft }: Named,
  setup: Setup,
  { host }: App,
): Promise<readonly Checked[]> {
  const connected = setup.connect(name, draft);
  try {
    const nobody = `gdpr-init-${host.newId()}`;
    return await Promise.all(
      [...connected.providers.values()].map(async (provider) => ({
        provider: provider.name,
        account: provider.account,
        trouble: await troubleWith(provider, nobody, host.stop),
      })),
    );
  } finally {
    await connected.close();
  }
}

async function troubleWith(
  provider: Provider,
  nobody: string,
  stop: AbortSignal,
): Promise<Unreachable | null> {
  const locked = await provider.unlock();
  if (locked !== null) return { kind: 'credentials', error: locked };
  const found = await provider.lookup([nobody], stop);
  return found.kind === 'found' ? null : found;
}

/** What a provider answered, in lines of 80 columns. */
function checkedText({ provider, account, trouble }: Checked): string {
  const said =
    trouble === null
      ? `ok, it took the credentials of ${account}`
      : `FAULT: ${trouble.error.message}`;
  return wrap(said, 12, `  ${PROVIDER[provider]}`).join('\n');
}

/** What a check that went wrong ends with, if the profile is not written. Null: nothing did. */
function checkFault(checked: readonly Checked[]): GdprError | null {
  const failed = checked.flatMap((each) => (each.trouble === null ? [] : [each]));
  if (failed.length === 0) return null;
  const denied = failed.some(({ trouble }) => trouble?.kind === 'credentials');
  const which = list(failed.map(({ provider }) => PROVIDER[provider]));
  const reasons = failed.map(({ trouble }) => trouble?.error.message ?? '');
  const message = `The check of ${which} failed: ${reasons.join(' ')}`;
  return new GdprError(denied ? 'credentials' : 'unavailable', message, {
    next: 'Nothing was written. Fix what it says and run the same command again, or write it unchecked: --no-check',
  });
}

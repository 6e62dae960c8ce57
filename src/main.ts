import { Command, CommanderError } from 'commander';
import packageFacts from '../package.json' with { type: 'json' };
import { type App, type GlobalFlags, createApp } from './app.ts';
import { GdprError, reasonOf } from './errors.ts';
import type { Host } from './host/host.ts';

type Declare = (command: Command, app: App, done: (code: number) => void) => void;

/** The commands: a sentence for the overview, and the file that is only read when it is asked for. */
const COMMANDS: Readonly<Record<string, { summary: string; load: () => Promise<Declare> }>> = {
  export: {
    summary: 'export what the providers hold about a person, downloaded and checked',
    load: async () => (await import('./commands/export.ts')).declareExport,
  },
  erase: {
    summary: 'delete a person, after a plan in words and a question',
    load: async () => (await import('./commands/erase/erase.ts')).declareErase,
  },
  restore: {
    summary: 'bring back soft-deleted accounts where the provider can',
    load: async () => (await import('./commands/restore.ts')).declareRestore,
  },
  status: {
    summary: 'show what is unsettled, how far it is, and when it is due',
    load: async () => (await import('./commands/status/status.ts')).declareStatus,
  },
  resume: {
    summary: 'carry on with everything that is open',
    load: async () => (await import('./commands/resume/resume.ts')).declareResume,
  },
  cancel: {
    summary: 'withdraw what can still be withdrawn',
    load: async () => (await import('./commands/cancel.ts')).declareCancel,
  },
  extend: {
    summary: 'record the one extension of the deadline that the law allows',
    load: async () => (await import('./commands/extend.ts')).declareExtend,
  },
  close: {
    summary: 'settle a request by hand, with a reason',
    load: async () => (await import('./commands/close.ts')).declareClose,
  },
  doctor: {
    summary: 'check the set-up: configuration, providers, clock, ledger, disk, deadlines',
    load: async () => (await import('./commands/doctor.ts')).declareDoctor,
  },
  sandbox: {
    summary: 'run both providers on this machine, for trying out and rehearsals',
    load: async () => (await import('./commands/sandbox.ts')).declareSandbox,
  },
  init: {
    summary: 'set up a profile: ask, check it with the providers, write the file',
    load: async () => (await import('./commands/init/init.ts')).declareInit,
  },
  completion: {
    summary: 'print a script that lets bash, zsh or fish complete commands',
    load: async () => (await import('./commands/completion.ts')).declareCompletion,
  },
};

/** The whole program: arguments (without node and script) and a host in, an exit code out. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const program = createProgram(host, argv.includes('--json'));
  let app: App | undefined;
  let code = 0;
  const isHelp = ['help', '--help', '-h'].some((word) => argv.includes(word)) || argv.length === 0;
  if (isHelp) await addPage(program, '', packageFacts.description.replace(/\.$/, ''));
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary);
    if (!argv.includes(name)) continue;
    const declare = await load();
    app ??= createApp(() => globalFlags(program), argv, host);
    declare(command, app, (exit) => {
      code = exit;
    });
    if (isHelp) await addPage(command, name, summary);
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return await arrived(code, host);
  } catch (thrown) {
    return await explain(thrown, app, argv, host);
  } finally {
    await app?.close();
  }
}

/** Examples before the flags, exit codes behind them. */
async function addPage(command: Command, name: string, summary: string): Promise<void> {
  const { HELP, examplesText, exitsText } = await import('./commands/shared/help.ts');
  const page = HELP[name];
  if (page === undefined) return;
  command.description(`${sentence(summary)}${examplesText(page)}`);
  command.addHelpText('after', exitsText(page));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A result that did not arrive is not a success, whatever was done. */
async function arrived(code: number, { stdout, stderr, clock }: Host): Promise<number> {
  await clock.turn();
  if (stdout.fault === null || code !== 0) return code;
  stderr.write(
    `The result could not be written: ${stdout.fault}\nWhat was done is in the ledger: gdpr status --all\n`,
  );
  return 8;
}

function createProgram(host: Host, isJson: boolean): Command {
  return new Command('gdpr')
    .description(packageFacts.description)
    .version(packageFacts.version)
    .optionsGroup('Everywhere:')
    .option('--profile <name>', 'which profile of the configuration')
    .option('--config <file>', 'this configuration file and no other')
    .option('--state-dir <dir>', 'where the ledger lives')
    .option('--json', 'one JSON document per line on stdout')
    .option('--quiet', 'only results and errors')
    .option('--verbose', 'each call, redacted; stack traces')
    .option('--no-color', 'no colours')
    .option('--no-input', 'never ask')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      // Errors are said by `explain`, once and in one form; what is left is the help of a bare call.
      writeErr(text) {
        if (!isJson && !text.startsWith('error:')) host.stderr.write(text);
      },
      getOutHelpWidth: () => host.stdout.columns,
      getErrHelpWidth: () => host.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function globalFlags(program: Command): GlobalFlags {
  return {
    profile: null,
    config: null,
    stateDir: null,
    json: false,
    quiet: false,
    verbose: false,
    ...program.opts<Pick<GlobalFlags, 'color' | 'input'> & Partial<GlobalFlags>>(),
  };
}

/** Says what went wrong, for people or as `gdpr-error/1`; answers with the exit code. */
async function explain(
  thrown: unknown,
  app: App | undefined,
  argv: readonly string[],
  host: Host,
): Promise<number> {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
  const plain = (await interruption(thrown, app, host)) ?? describe(thrown, app, argv);
  const error = app === undefined ? plain : { ...plain, next: await calledAs(plain.next, app) };
  const text = argv.includes('--json')
    ? JSON.stringify({ schema: 'gdpr-error/1', ...error })
    : `${error.message}\n${error.next}`;
  host.stderr.write(`${text}\n`);
  if (argv.includes('--verbose') && thrown instanceof Error) {
    host.stderr.write(`${thrown.stack ?? ''}\n`);
  }
  return error.exit;
}

/** What is said when a signal broke something off before the work began; null: it was no signal. */
async function interruption(
  thrown: unknown,
  app: App | undefined,
  { stop }: Host,
): Promise<Explanation | null> {
  if (!stop.aborted || thrown !== stop.reason) return null;
  const { signalName } = await import('./commands/shared/output.ts');
  const exit = Number(stop.reason);
  const next =
    app?.began === true
      ? 'Nothing of it was sent. What was recorded is carried on by the same command, or by: gdpr resume'
      : 'Nothing was sent or recorded.';
  const message = `Stopped by ${signalName(exit)}.`;
  return { code: 'interrupted', exit, message, next, request_ids: [] };
}

/** Read late: only what went wrong needs it. */
async function calledAs(next: string, { flags }: App): Promise<string> {
  const { asCalled } = await import('./commands/shared/output.ts');
  return asCalled(next, flags);
}

interface Explanation {
  code: string;
  exit: number;
  message: string;
  next: string;
  request_ids: readonly string[];
}

function describe(thrown: unknown, app: App | undefined, argv: readonly string[]): Explanation {
  if (thrown instanceof CommanderError) {
    const isBare = thrown.code === 'commander.help';
    const message = isBare
      ? 'No command is given.'
      : thrown.message.replace(/^error: /, '').replaceAll('\n', ' ');
    const command = Object.keys(COMMANDS).find((name) => argv.includes(name));
    const next = `Nothing was sent. See: ${['gdpr', command, '--help'].filter(Boolean).join(' ')}`;
    return { code: 'usage', exit: 2, message, next, request_ids: [] };
  }
  if (thrown instanceof GdprError) {
    const { fault, message, next, requestIds } = thrown;
    // Whatever has begun may be left open, and 1 would say that all has ended.
    const exit = fault === 'internal' && app?.began === true ? 8 : thrown.exit;
    return { code: fault, exit, message, next, request_ids: requestIds };
  }
  return {
    code: 'internal',
    exit: app?.began === true ? 8 : 1,
    message: `Stopped by a fault in gdpr itself: ${reasonOf(thrown)}`,
    next: 'What was recorded is safe: gdpr resume. Run it with --verbose for a report.',
    request_ids: [],
  };
}

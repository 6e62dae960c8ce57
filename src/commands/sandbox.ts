import { type Command, InvalidArgumentError } from 'commander';
import type { App } from '../app.ts';
import { GdprError, reasonOf } from '../errors.ts';
import { openCallLog } from '../files/call-log.ts';
import { shellWord } from '../report/words.ts';
import {
  type FaultSpec,
  type SandboxOptions,
  faultTable,
  parseFault,
  startSandbox,
} from '../sandbox/sandbox.ts';
import { parseDuration } from './shared/flags.ts';

type SandboxFlags = Pick<
  SandboxOptions,
  'port' | 'seed' | 'users' | 'taskTime' | 'latency' | 'rate' | 'faults'
> & { log: string | null };

/** Declares `gdpr sandbox` and runs it; `done` gets the exit code. */
export function declareSandbox(command: Command, app: App, done: (code: number) => void): void {
  command
    .option('--port <n>', 'port on loopback; 0 takes a free one (default 4280)', wholeNumber)
    .option('--seed <n>', 'makes another population (default 1)', wholeNumber)
    .option('--users <n>', 'size of the population (default 1000)', wholeNumber)
    .option('--task-time <duration>', 'how long a task takes (default 1s)', parseDuration)
    .option('--latency <duration>', 'how long an answer takes (default 0ms)', parseDuration)
    .option('--rate <n/s>', 'calls a second for each operation, in place of the real limits', rate)
    .option(
      '--fault <name>[@<where>][=<count|rate>]',
      'something that goes wrong (repeatable)',
      (text: string, all: FaultSpec[] | undefined) => [...(all ?? []), fault(text)],
    )
    .option('--log <file>', 'a JSON line for each call')
    .addHelpText('after', faultHelp())
    .action(async ({ fault: faults = [], ...said }) => {
      const { port } = await app.sandboxProfile();
      done(await runSandbox({ ...NOTHING_SAID, port, ...said, faults }, app));
    });
}

const NOTHING_SAID = { seed: 1, users: 1000, taskTime: 1000, latency: 0, rate: null, log: null };

/** Serves until it is told to stop; resolves to the exit code of the signal. */
async function runSandbox(flags: SandboxFlags, app: App): Promise<number> {
  const { clock, stop } = app.host;
  const { stream, sendbird } = await app.sandboxProfile();
  const log = flags.log === null ? null : await openCallLog(flags.log, await app.kept());
  const options = { ...flags, credentials: { stream, sendbird }, clock };
  const sandbox = await startSandbox({
    ...options,
    log: (entry) => log?.write(entry),
  }).catch((thrown: unknown) => {
    throw new GdprError('usage', `The sandbox cannot start: ${reasonOf(thrown)}.`, {
      next: 'Give another port (--port 0 takes a free one).',
    });
  });
  try {
    await announce(sandbox.origin, app);
    await stopped(stop);
  } finally {
    await sandbox.close();
    log?.close();
  }
  return Number(stop.reason);
}

/** Says where it is, by what a shell takes as it stands. */
async function announce(origin: string, app: App): Promise<void> {
  const { host, flags } = app;
  const variables = await app.sandboxVariables(origin);
  host.stdout.write(
    flags.json
      ? `${JSON.stringify({ origin, env: variables })}\n`
      : Object.entries(variables)
          .map(([name, value]) => `export ${name}=${shellWord(value)}\n`)
          .join(''),
  );
  if (flags.quiet) return;
  host.stderr.write(
    `Sandbox at ${origin}. Paste the lines above into a shell of its own, or there: gdpr --profile sandbox export ada (default port). Ctrl-C ends it.\n`,
  );
}

function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
}

function faultHelp(): string {
  const width = Math.max(...faultTable.map(({ name }) => name.length));
  const lines = faultTable.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`);
  return `\nFaults (where: stream, sendbird or an operation such as exportUsers; a count such as 2, or a rate such as 0.1):\n${lines.join('\n')}`;
}

function fault(text: string): FaultSpec {
  try {
    return parseFault(text);
  } catch (thrown) {
    throw new InvalidArgumentError(reasonOf(thrown));
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

function rate(text: string): number {
  const number = Number(text.replace(/\/s$/, ''));
  if (!(number > 0)) throw new InvalidArgumentError('It is a number of calls a second, above 0.');
  return number;
}

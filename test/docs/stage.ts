import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { monotonicFactory } from 'ulid';
import { parseDuration } from '../../src/commands/shared/flags.ts';
import { SANDBOX } from '../../src/config/accounts.ts';
import type { Output } from '../../src/host/host.ts';
import { main } from '../../src/main.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { fakeHost } from '../support/host.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';
import { Screen } from './screen.ts';
import { createTypist } from './typist.ts';

/** When the documents were written, as far as they know. */
const DAY = Date.UTC(2026, 10, 29, 10, 15);

const USUAL_PORT: number = SANDBOX.port;
const NOBODYS_PORT = 9;

/** What a command is run with: somebody who answers (`? Name: rehearsal`), at a terminal, in colour. */
interface Manner {
  answers?: readonly string[] | null;
  isColoured?: boolean;
}

/** Somebody's machine, as a document sees it: commands in, what they show out. */
export interface Machine {
  run(command: string, manner?: Manner): Promise<Screen>;
  /** Makes what `cat` is to show, unless it is there. */
  provide(file: string, lines: readonly string[]): void;
  /** A text with what stands in documents for the true folders and the true port. */
  toDocument(text: string): string;
  close(): Promise<void>;
}

/** A new machine on the day of the documents; null: no sandbox runs on it. */
export async function setMachine(flags: string | null): Promise<Machine> {
  const clock = virtualClock(DAY);
  const random = seeded(1);
  const ulid = monotonicFactory(random);
  // As long as what stands for it in the documents: text is broken at the same places.
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gd')));
  const home = join(base, 'jane');
  const cwd = join(base, 'work');
  for (const folder of [home, cwd]) mkdirSync(folder);
  const sandbox = flags === null ? null : await openSandbox(flags, clock);
  const port = sandbox === null ? NOBODYS_PORT : Number(new URL(sandbox.origin).port);
  Object.assign(SANDBOX, { port });
  const env: Record<string, string> = { GDPR_PROFILE: 'sandbox' };

  const fromDocument = (text: string): string =>
    text
      .replaceAll('/home/jane', home)
      .replaceAll('/tmp/gdpr-try', base)
      .replaceAll(`127.0.0.1:${USUAL_PORT}`, `127.0.0.1:${port}`);

  const gdpr = async (args: readonly string[], screen: Screen, manner: Manner): Promise<void> => {
    const { answers = null, isColoured = false } = manner;
    const colour = isColoured ? { FORCE_COLOR: '1' } : {};
    const host = fakeHost({
      cwd,
      home,
      uid: process.getuid?.() ?? 0,
      env: { PATH: process.env['PATH'], ...env, ...colour },
      clock,
      random,
      newId: () => ulid(clock.now()),
    });
    const keyboard = new PassThrough();
    const stdin = { isTTY: answers !== null, stream: keyboard, onContinued: () => () => {} };
    const look = createTypist((answers ?? []).map(fromDocument), {
      press: (keys) => keyboard.write(keys),
      leave: () => host.interrupt(),
    });
    const output = outputTo(screen, stdin.isTTY, () => look(screen.lines()));
    await main(args, { ...host, stdin, stdout: output, stderr: output });
  };

  return {
    toDocument: (text) =>
      text
        .replaceAll(home, '/home/jane')
        .replaceAll(base, '/tmp/gdpr-try')
        .replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${USUAL_PORT}`),
    async run(documented, manner = {}) {
      const command = fromDocument(documented);
      const screen = new Screen();
      const [program = '', ...args] = words(command);
      if (program === 'gdpr') {
        // The usual port is taken by the sandbox that runs here already.
        await gdpr(args[0] === 'sandbox' ? [...args, '--port', '0'] : args, screen, manner);
      } else if (program === 'export') {
        for (const [, name = '', value = ''] of command.matchAll(/(\w+)=(\S+)/g)) env[name] = value;
      } else if (program === 'unset') {
        for (const name of args) delete env[name];
      } else {
        const { stdout, stderr } = spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8' });
        screen.write(stdout + stderr);
      }
      return screen;
    },
    provide(file, lines) {
      if (!existsSync(join(cwd, file))) writeFileSync(join(cwd, file), `${lines.join('\n')}\n`);
    },
    async close() {
      await sandbox?.close();
      rmSync(base, { recursive: true });
      Object.assign(SANDBOX, { port: USUAL_PORT });
    },
  };
}

async function openSandbox(flags: string, clock: VirtualClock): Promise<Sandbox> {
  const [, taskTime = '1s'] = /^--task-time (\S+)$/.exec(flags) ?? [];
  const options = {
    seed: 1,
    users: 1000,
    taskTime: parseDuration(taskTime),
    latency: 0,
    rate: null,
  };
  const { stream, sendbird } = SANDBOX;
  // A port of as many digits as the usual one: text is broken at the same places.
  for (let port = USUAL_PORT; ; port += 1) {
    try {
      return await startSandbox({
        ...options,
        port,
        faults: [],
        credentials: { stream, sendbird },
        clock: clock.server,
        log: () => {},
      });
    } catch (thrown) {
      if (port >= 9999 || Object(thrown).code !== 'EADDRINUSE') throw thrown;
    }
  }
}

/** A small generator of numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The words of a command line; quotes keep what is between them together. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
}

function outputTo(screen: Screen, isTTY: boolean, look: () => void): Output {
  const write = (text: string): void => {
    screen.write(text);
    look();
  };
  return {
    write,
    fault: null,
    isTTY,
    isSized: false,
    columns: 80,
    // A new one each time: a prompt ends what it writes to, and the terminal's own it could not.
    get stream() {
      return new Writable({
        write(chunk: Buffer, _encoding, done) {
          write(chunk.toString());
          done();
        },
      });
    },
  };
}

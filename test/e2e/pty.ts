import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import type { ProcessStage } from './stage.ts';

const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');

export const ENTER = '\r';
export const CTRL_C = '\u0003';
export const CTRL_D = '\u0004';
export const CTRL_Z = '\u001a';

/** The real program at a real terminal; all three streams are that terminal. */
export interface Terminal {
  /** What stands there so far, without escape sequences and with plain line ends. */
  text(): string;
  /** The same as it was sent. */
  raw(): string;
  /** Resolves once a text stands there; rejects when the program ends without it. */
  waitFor(text: string): Promise<void>;
  type(keys: string): void;
  kill(signal: string): void;
  /** Resolves to the exit code when the program has ended. */
  ended: Promise<number>;
}

interface TerminalOptions {
  /** What `TERM` says. */
  kind?: string;
  /** A script of bash, with job control, in which `"$@"` is the program. */
  script?: string;
}

/** Starts `gdpr` at a terminal of 80 columns, killed with its test. */
export function openTerminal(
  { dir, env }: ProcessStage,
  args: readonly string[],
  { kind = 'xterm', script }: TerminalOptions = {},
): Terminal {
  const program = [process.execPath, BIN, ...args];
  const [file = '', ...rest] =
    script === undefined ? program : ['bash', '-c', `set -m; ${script}`, 'bash', ...program];
  const pty = spawn(file, rest, {
    name: kind,
    cols: 80,
    rows: 50,
    cwd: dir,
    env: { ...env, TERM: kind },
  });
  let raw = '';
  let isOver = false;
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const each of waiting) each();
  };
  pty.onData((data) => {
    raw += data;
    look();
  });
  const ended = new Promise<number>((settle) => {
    pty.onExit(({ exitCode }) => {
      isOver = true;
      look();
      settle(exitCode);
    });
  });
  onTestFinished(() => {
    if (!isOver) pty.kill('SIGKILL');
  });
  const text = (): string => stripVTControlCharacters(raw).replaceAll('\r', '');
  return {
    text,
    raw: () => raw,
    ended,
    type: (keys) => pty.write(keys),
    kill: (signal) => pty.kill(signal),
    waitFor: (wanted) =>
      new Promise((settle, fail) => {
        const check = (): void => {
          if (text().includes(wanted)) settle();
          else if (isOver) fail(new Error(`it ended without "${wanted}": ${text()}`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
  };
}

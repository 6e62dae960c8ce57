import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallLogEntry } from '../../src/sandbox/sandbox.ts';
import { BIN, firstLine } from './stage.ts';

/** The built `gdpr sandbox` in a process of its own. */
export interface Sandbox {
  /** The configuration as variables, and an own folder for the ledger. */
  env: Readonly<Record<string, string>>;
  /** Its log so far: a JSON line for each call. */
  logFile: string;
  log(): Promise<readonly CallLogEntry[]>;
  /** Which of these users are still there. */
  visible(provider: string, ids: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

let sandboxes = 0;

/** Starts a sandbox; `args` are its flags. */
export async function openSandbox(dir: string, args: readonly string[]): Promise<Sandbox> {
  const own = join(dir, `sandbox-${(sandboxes += 1)}`);
  const logFile = `${own}.log`;
  const child = spawn(
    process.execPath,
    [BIN, 'sandbox', '--port', '0', '--json', '--quiet', '--log', logFile, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { HOME: dir } },
  );
  const { env, origin } = JSON.parse(await firstLine(child));
  return {
    env: { ...env, GDPR_STATE_DIR: `${own}-state` },
    logFile,
    async log() {
      const lines = (await readFile(logFile, 'utf8')).split('\n');
      return lines.flatMap((line): CallLogEntry[] => (line === '' ? [] : [JSON.parse(line)]));
    },
    async visible(provider, ids) {
      const there: string[] = [];
      for (const id of ids) {
        const answer = await fetch(`${origin}/sandbox/users/${provider}/${id}`);
        const state: unknown = await answer.json();
        const isKnown = typeof state === 'object' && state !== null && 'visible' in state;
        if (!isKnown || state.visible !== false) there.push(id);
      }
      return there;
    },
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
}

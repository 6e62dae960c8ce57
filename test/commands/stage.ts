import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { main } from '../../src/main.ts';
import { type FakeHost, fakeHost } from '../support/host.ts';

/** Both providers, at an address where nobody listens. */
export const CONFIGURED = {
  STREAM_API_KEY: 'key-1',
  STREAM_API_SECRET: 'canary-stream-secret',
  STREAM_BASE_URL: 'http://127.0.0.1:9',
  SENDBIRD_APP_ID: 'APP-1',
  SENDBIRD_API_TOKEN: 'canary-sendbird-token',
  SENDBIRD_BASE_URL: 'http://127.0.0.1:9',
};

interface Said {
  code: number;
  out: string;
  err: string;
  /** The document on stderr. */
  error: () => Record<string, unknown>;
}

export interface Stage {
  dir: string;
  /** Runs the whole program without a process. */
  gdpr(...args: string[]): Promise<Said>;
  /** What was made in the operator's folder, by name. */
  made(): string[];
  hasState(): boolean;
}

/** An empty folder and an environment; nothing else of this machine is seen. */
export function setStage(
  env: Record<string, string> = CONFIGURED,
  overrides: Partial<FakeHost> = {},
): Stage {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'gdpr-commands-')));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const state = join(dir, 'state');
  return {
    dir,
    made: () => readdirSync(dir),
    hasState: () => existsSync(state),
    async gdpr(...args) {
      const host = fakeHost({
        cwd: dir,
        home: dir,
        uid: process.getuid?.() ?? 0,
        env: { GDPR_STATE_DIR: state, ...env },
        ...overrides,
      });
      const code = await main(args, host);
      const err = host.stderr.text;
      return {
        code,
        out: host.stdout.text,
        err,
        error: () => {
          const line = err.trimEnd().split('\n').at(-1) ?? '';
          return JSON.parse(line);
        },
      };
    },
  };
}

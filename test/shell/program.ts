import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { main } from '../../src/main.ts';
import { wholeMinute } from '../e2e/stage.ts';
import { fakeHost } from '../support/host.ts';
import { virtualClock } from '../support/virtual-clock.ts';

interface Said {
  code: number;
  out: string;
  err: string;
}

/** The whole program in this process, an operator's folder, and what was written there. */
export interface Program {
  dir: string;
  gdpr(...args: string[]): Promise<Said>;
  /** Every file below the folder, by its path in it; databases as bytes. */
  written(): Promise<ReadonlyMap<string, string>>;
}

let ids = 0;

/** The program with this environment and nothing else of this machine; its folder goes with the test. */
export function program(env: Record<string, string>, clock = virtualClock(wholeMinute())): Program {
  const dir = mkdtempSync(join(tmpdir(), 'gdpr-shell-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return {
    dir,
    async gdpr(...args) {
      const host = fakeHost({
        cwd: dir,
        home: dir,
        uid: process.getuid?.() ?? 0,
        env: { PATH: process.env['PATH'], GDPR_STATE_DIR: join(dir, 'state'), ...env },
        clock,
        random: () => Math.random(),
        newId: () => `01K5Z0${String((ids += 1)).padStart(20, '0')}`,
      });
      const code = await main(args, host);
      return { code, out: host.stdout.text, err: host.stderr.text };
    },
    async written() {
      const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      const texts = await Promise.all(
        files.map(async ({ parentPath, name }): Promise<[string, string]> => {
          const path = join(parentPath, name);
          return [path.slice(dir.length + 1), await readFile(path, 'latin1')];
        }),
      );
      return new Map(texts);
    },
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/ledger/sqlite.ts';
import { deps, holder, tempFolder } from './stage.ts';

const SCRIPT = fileURLToPath(new URL('./children/write.ts', import.meta.url));

function child(folder: string, name: string, many?: number): ChildProcess {
  const more = many === undefined ? [] : [String(many)];
  return spawn(process.execPath, [SCRIPT, folder, name, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The lines that a child writes until it ends, or until there are enough of them. */
async function lines(of: ChildProcess, enough = Number.POSITIVE_INFINITY): Promise<string[]> {
  const found: string[] = [];
  for await (const line of createInterface({ input: of.stdout! })) {
    found.push(line);
    if (found.length === enough) of.kill('SIGKILL');
  }
  return found;
}

describe('processes beside each other', () => {
  it(
    'make the same new ledger at once and lose nothing of what they write',
    { timeout: 60_000 },
    async () => {
      const folder = join(tempFolder(), 'state', 'production');
      const children = ['a', 'b', 'c'].map((name) => child(folder, name, 40));
      const ends = children.map((one) => once(one, 'exit'));
      const told = (await Promise.all(children.map((one) => lines(one)))).flat();
      expect((await Promise.all(ends)).map(([code]: unknown[]) => code)).toEqual([0, 0, 0]);
      expect(told).toHaveLength(120);
      const ledger = await openLedger(folder, deps());
      for (const id of told)
        expect(await ledger.request(id)).toMatchObject({ id, state: 'failed' });
      expect(await ledger.list({})).toHaveLength(120);
      await ledger.close();
      expect(readdirSync(folder)).toEqual(['ledger.sqlite']);
    },
  );

  it(
    'leave a readable ledger and whole chains when one is killed while it writes',
    { timeout: 60_000 },
    async () => {
      const folder = tempFolder();
      for (const name of ['p', 'q', 'r', 's']) {
        const told = await lines(child(folder, name), 15);
        const ledger = await openLedger(folder, { ...deps(), isAlive: () => false });
        for (const id of told)
          expect(await ledger.request(id)).toMatchObject({ id, state: 'failed' });
        const all = (await ledger.list({})).map(({ id }) => id);
        for (const id of all) expect(await ledger.request(id)).toMatchObject({ id });
        expect(await ledger.take(all, holder('next'), 0)).toEqual(all);
        await ledger.release(holder('next'));
        await ledger.close();
      }
    },
  );
});

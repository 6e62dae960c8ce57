import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { csv } from './batch.ts';
import type { setStage as SetStage } from './stage.ts';

const asked = { rows: 0 };
let setStage: typeof SetStage;

// A program of its own: its planners count the rows that they are asked for.
beforeAll(async () => {
  vi.resetModules();
  vi.doMock(import('../../src/requests/plan/plan.ts'), async (original) => {
    const real = await original();
    return {
      ...real,
      planExport(subjects, ...rest) {
        asked.rows += subjects.length;
        return real.planExport(subjects, ...rest);
      },
    };
  });
  vi.doMock(import('../../src/requests/plan/erase.ts'), async (original) => {
    const real = await original();
    return {
      ...real,
      planErase(wish, ...rest) {
        asked.rows += wish.subjects.length;
        return real.planErase(wish, ...rest);
      },
    };
  });
  vi.doMock(import('../../src/requests/plan/restore.ts'), async (original) => {
    const real = await original();
    return {
      ...real,
      planRestore(wish, newId) {
        asked.rows += wish.subjects.length;
        return real.planRestore(wish, newId);
      },
    };
  });
  ({ setStage } = await import('./stage.ts'));
});

afterAll(() => {
  for (const name of ['plan', 'erase', 'restore'])
    vi.doUnmock(`../../src/requests/plan/${name}.ts`);
  vi.resetModules();
});

const FAST = ['--poll-interval', '5ms'];
const PEOPLE = ['ada', 'bob', 'user-000003', 'user-000004', 'nobody'];

test.each([
  ['export', []],
  ['erase', ['--hard', '--export-first', '--yes']],
  ['restore', ['--yes']],
] as const)('planner calls per row of a CSV %s: one', async (action, flags) => {
  const stage = await setStage({ rate: 1000 });
  const file = await csv(stage, ['user_id', ...PEOPLE]);
  const run = async (...more: string[]): Promise<number> => {
    asked.rows = 0;
    await stage.gdpr([action, '--csv', file, ...flags, ...more, ...FAST]);
    return asked.rows;
  };
  // Without a ledger a dry run only counts those whom it does not show.
  expect(await run('--dry-run')).toBe(action === 'export' ? PEOPLE.length : 0);
  expect(await run('--dry-run', '--json')).toBe(PEOPLE.length);
  expect(await run()).toBe(PEOPLE.length);
  // With one, rows that were settled before are told apart without a planner.
  expect(await run()).toBeLessThan(PEOPLE.length);
  expect(await run('--new')).toBe(PEOPLE.length);
  expect(await run('--new', '--json')).toBe(PEOPLE.length);
  expect(await run('--new', '--dry-run')).toBe(PEOPLE.length);
  expect(await run('--new', '--dry-run', '--json')).toBe(PEOPLE.length);
});

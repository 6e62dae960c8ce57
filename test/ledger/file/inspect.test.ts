import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { pressing } from '../../../src/ledger/file/inspect.ts';
import { T0, finish, plan, stageOf, tempFolder } from '../stage.ts';

const due = (name: string, dueOn: string) => plan(name, { dueOn });

test('counts what is overdue and what is due soon, and names the most urgent', async () => {
  const { folder, ledger } = await stageOf([
    due('late', '2026-11-18'),
    due('latest', '2026-11-17'),
    due('today', '2026-11-20'),
    due('soon', '2026-11-27'),
    due('later', '2026-11-28'),
    due('done', '2026-11-01'),
  ]);
  await finish(ledger, 'done', T0 + 1);
  expect(await pressing(folder, '2026-11-20', '2026-11-27')).toMatchObject({
    overdue: 2,
    soon: 2,
    first: { id: 'req_latest' },
  });
});

test('an extension counts', async () => {
  const { folder, ledger } = await stageOf([due('a', '2026-11-18')]);
  const extension = { until: '2027-01-18', reason: 'many', operator: 'jane', at: T0 };
  await ledger.extend('me', 'req_a', extension);
  expect(await pressing(folder, '2026-11-20', '2026-11-27')).toEqual({
    overdue: 0,
    soon: 0,
    first: null,
  });
});

test('no ledger: null', async () => {
  expect(await pressing(tempFolder(), '2026-11-20', '2026-11-27')).toBeNull();
});

test('an older ledger is not counted, and not brought up to date', async () => {
  const folder = tempFolder();
  const dump = new URL('../../../fixtures/ledgers/version-2.sql', import.meta.url);
  const db = new DatabaseSync(join(folder, 'ledger.sqlite'));
  db.exec(readFileSync(dump, 'utf8'));
  db.close();
  expect(await pressing(folder, '2026-11-20', '2026-11-27')).toBe('older');
  expect(await pressing(folder, '2026-11-20', '2026-11-27')).toBe('older');
});

test('a damaged row is told as such', async () => {
  const { folder, raw } = await stageOf([due('a', '2026-11-18')]);
  raw().exec("UPDATE steps SET state = 'done'");
  await expect(pressing(folder, '2026-11-20', '2026-11-27')).rejects.toMatchObject({
    fault: 'ledger',
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayAfter, daysBetween, dueDay, latestDay } from '../../src/requests/deadline.ts';
import { papers } from './receipts.ts';
import { type Stage, setStage } from './stage.ts';

const never = (): boolean => false;
const today = (): string => new Date().toISOString().slice(0, 10);

/** The days are counted in UTC, whatever this machine's time zone. */
async function stageInUtc(): Promise<Stage> {
  const stage = await setStage({ faults: ['task-fails@exportUsers'] });
  stage.env['TZ'] = 'UTC';
  return stage;
}

async function extend(stage: Stage, id: string, until: string, reason = 'many requests') {
  const args = ['extend', id, '--until', until, '--reason', reason, '--json'];
  const { code, out, err } = await stage.gdpr(args);
  return { code, out, error: err === '' ? null : JSON.parse(err) };
}

describe('gdpr extend', () => {
  test('records the one extension; receipt, bundle and status go by the new day', async () => {
    const stage = await stageInUtc();
    const { paper } = await papers(stage, ['export', 'ada']);
    const due = dueDay(today(), never);
    const latest = latestDay(today(), never);
    const { code, out } = await extend(stage, paper.request_id, latest);
    const extended = JSON.parse(out);
    expect(code).toBe(0);
    expect(extended).toMatchObject({
      due_on: latest,
      extension: { until: latest, first_due_on: due, reason: 'many requests', operator: 'jane' },
    });
    const bundle = join(stage.dir, 'gdpr-exports', paper.request_id);
    expect(JSON.parse(await readFile(join(bundle, 'receipt.json'), 'utf8'))).toEqual(extended);
    const shown = (await stage.gdpr(['status', 'ada'])).out.replaceAll(/\s+/g, ' ');
    expect(shown).toContain('Extended once (Art. 12(3))');
    expect(JSON.parse((await stage.gdpr(['status', '--json'])).out)).toMatchObject({
      due_on: latest,
      overdue: false,
    });
    // Once only, and every refusal says the rule and the range.
    const again = await extend(stage, paper.request_id, latest);
    expect([again.code, again.out]).toEqual([6, '']);
    expect(again.error.message).toContain('was extended before');
    expect(again.error.next).toContain('Art. 12(3) GDPR allows one extension');
  });

  test.each([
    { until: () => dueDay(today(), never), code: 6, says: 'not later than' },
    { until: () => dayAfter(latestDay(today(), never)), code: 6, says: 'is later than' },
    { until: () => 'soon', code: 2, says: 'is not a day' },
  ])('$says: $code, and nothing is recorded', async ({ until, code, says }) => {
    const stage = await stageInUtc();
    const { paper } = await papers(stage, ['export', 'ada']);
    const said = await extend(stage, paper.request_id, until());
    expect([said.code, said.out]).toEqual([code, '']);
    expect(said.error.message).toContain(says);
    expect(said.error.next).toContain(`(${dayAfter(dueDay(today(), never))}) to`);
    const status = JSON.parse((await stage.gdpr(['status', '--json'])).out);
    expect(status.extension).toBeNull();
  });

  test('an overdue request that was extended in time is none; too late is too late', async () => {
    const stage = await stageInUtc();
    const received = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10);
    const { paper } = await papers(stage, ['export', 'ada', '--received', received]);
    expect(daysBetween(dueDay(received, never), today())).toBeGreaterThan(0);
    expect((await stage.gdpr(['status'])).code).toBe(9);
    const { code, error } = await extend(stage, paper.request_id, latestDay(received, never));
    expect(code).toBe(6);
    expect(error.message).toContain('the first month of');
  });

  test('what is settled, or unknown', async () => {
    const stage = await setStage();
    const { paper } = await papers(stage, ['export', 'ada']);
    const settled = await extend(stage, paper.request_id, latestDay(today(), never));
    expect(settled.code).toBe(6);
    expect(settled.error.message).toContain('is settled (completed)');
    expect((await extend(stage, 'req_none', '2030-01-01')).code).toBe(1);
  });
});

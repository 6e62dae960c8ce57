import { describe, expect, test } from 'vitest';
import { type Health, askAll } from '../../src/providers/check-all.ts';

const items = Array.from({ length: 40 }, (_, index) => index);

/** Answers after a turn, so that several are under way at once. */
async function asked(
  answer: (item: number) => Health,
): Promise<{ answers: ReadonlyMap<number, Health>; calls: number; most: number }> {
  let calls = 0;
  let underWay = 0;
  let most = 0;
  const ask = async (item: number): Promise<Health> => {
    calls += 1;
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
    return answer(item);
  };
  const answers = await askAll(items, ask, (health) => health);
  return { answers, calls, most };
}

describe('askAll', () => {
  test('one answer each, six at once', async () => {
    const { answers, calls, most } = await asked(() => 'well');
    expect(answers.size).toBe(40);
    expect(calls).toBe(40);
    expect(most).toBe(6);
  });

  test('closed: the rest gets that answer', async () => {
    const { answers, calls } = await asked((item) => (item === 0 ? 'closed' : 'well'));
    expect(answers.size).toBe(40);
    expect(answers.get(39)).toBe('closed');
    expect(calls).toBeLessThanOrEqual(6);
  });

  test('missed three times in a row: the rest is not asked', async () => {
    const { answers, calls } = await asked(() => 'missed');
    expect(answers.size).toBe(40);
    expect(calls).toBeLessThanOrEqual(8);
  });

  test('one that is always missed does not hide the others', async () => {
    const { answers, calls } = await asked((item) => (item % 3 === 0 ? 'missed' : 'well'));
    expect(calls).toBe(40);
    expect(answers.get(1)).toBe('well');
  });
});

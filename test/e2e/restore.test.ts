import { describe, expect, test } from 'vitest';
import { papers, statesOf } from './receipts.ts';
import { setStage } from './stage.ts';

describe('gdpr restore', () => {
  test('brings a soft-deleted account back, says so, and says what does not come back', async () => {
    const stage = await setStage();
    await papers(stage, ['erase', 'ada', '--provider', 'stream', '--yes']);
    const { code, paper } = await papers(stage, ['restore', 'ada', '--yes']);
    expect([code, paper.state, paper.erasure]).toEqual([0, 'completed', null]);
    expect(paper.steps.map(({ provider, state }) => [provider, state])).toEqual([
      ['stream', 'succeeded'],
      ['sendbird', 'unsupported'],
    ]);
    expect(paper.verification).toEqual([
      expect.objectContaining({
        provider: 'stream',
        check: 'user_lookup',
        before: 'not_visible',
        result: 'visible',
      }),
    ]);
    expect(stage.sandbox.control.user('stream', 'ada').visible).toBe(true);
    const notes = paper.steps.map(({ note }) => note).join(' ');
    expect(notes).toMatch(/feed data/);
    expect(notes).toMatch(/follows/);
  });

  test('one who is active, one unknown and one deleted: no one sinks the others', async () => {
    const stage = await setStage({ rate: 1000 });
    await papers(stage, ['erase', 'ada', '--provider', 'stream', '--yes']);
    const args = ['restore', 'linus', 'ada', 'nobody', '--provider', 'stream', '--yes'];
    const { code, receipts } = await papers(stage, args);
    expect(receipts.map((paper) => statesOf(paper)['restore_users'])).toEqual([
      'already_active',
      'succeeded',
      'not_found',
    ]);
    expect(code).toBe(3);
    const restored = stage.log.filter(({ operation }) => operation === 'restoreUsers');
    expect(restored.some(({ ids }) => ids.includes('linus'))).toBe(false);
  });

  test('Sendbird alone is unsupported, with the reason, and nothing is sent', async () => {
    const stage = await setStage();
    const { code, paper } = await papers(stage, [
      'restore',
      'ada',
      '--provider',
      'sendbird',
      '--yes',
    ]);
    expect([code, paper.state]).toEqual([1, 'failed']);
    expect(paper.steps[0]?.note).toMatch(/permanent/);
    expect(stage.log.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('what this ledger knows as hard-deleted is refused before any call', async () => {
    const stage = await setStage();
    const { paper } = await papers(stage, [
      'erase',
      'ada',
      '--hard',
      '--provider',
      'stream',
      '--yes',
    ]);
    const before = stage.log.length;
    const run = await stage.gdpr(['restore', 'ada', '--yes']);
    expect(run.code).toBe(6);
    expect(run.err).toContain(paper.request_id);
    expect(stage.log.slice(before).filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test.each([
    { fault: 'answer-lost@restoreUsers=1', exit: 0, calls: 1 },
    { fault: 'reset@restoreUsers=1', exit: 0, calls: 2 },
    { fault: 'bad-json@restoreUsers=1', exit: 0, calls: 1 },
    { fault: 'http-429@restoreUsers=1', exit: 0, calls: 2 },
    { fault: 'http-500@restoreUsers=1', exit: 0, calls: 2 },
    { fault: 'http-500@restoreUsers', exit: 5, calls: 2 },
    { fault: 'unauthorized@restoreUsers', exit: 4, calls: 2 },
  ])('$fault: exit $exit, sent $calls times', async ({ fault, exit, calls }) => {
    const stage = await setStage();
    await papers(stage, ['erase', 'ada', '--provider', 'stream', '--yes']);
    stage.sandbox.control.setFaults([fault]);
    const { code } = await papers(stage, ['restore', 'ada', '--provider', 'stream', '--yes']);
    expect([code, stage.calls('restoreUsers')]).toEqual([exit, calls]);
  });
});

import { describe, expect, it, test } from 'vitest';
import type { Subject } from '../../src/requests/request.ts';
import type { Submission } from '../../src/requests/transitions/answers.ts';
import { retried } from '../../src/requests/transitions/retried.ts';
import { fault } from '../requests/make.ts';
import { erasing, people } from './erasures.ts';
import { type Stage, type StageOptions, holder, setStage } from './stage.ts';

const WHO = 'protected by erase.protected';
const ALL = ['delete_feeds', 'delete_users', 'delete'] as const;
const lost: Submission = { kind: 'lost', error: fault('no_answer') };

/** A stage whose profile protects these people; they can be changed while it runs. */
async function protecting(who: Set<string>, options: StageOptions): Promise<Stage> {
  const stage = await setStage(options);
  stage.work.protection = ({ userId, streamId, sendbirdId }: Subject) =>
    [userId, streamId, sendbirdId].some((id) => id !== null && who.has(id)) ? WHO : null;
  return stage;
}

function sent({ stream, sendbird }: Stage): string[] {
  return [...stream.heard, ...sendbird.heard]
    .filter(({ what }) => what === 'submit')
    .map(({ about }) => about);
}

describe('somebody whom the profile protects', () => {
  it('is asked about right before a deletion leaves, and the others go on', async () => {
    const stage = await protecting(new Set(['u001']), { users: people(3), plan: erasing(ALL) });
    await stage.go();
    expect(sent(stage).toSorted()).toEqual([
      'delete u000,u002',
      'delete_feeds u000',
      'delete_feeds u002',
      'delete_users u000,u002',
    ]);
    expect(await stage.request(1)).toMatchObject({ state: 'failed' });
    expect(await stage.step('delete_feeds', 1)).toMatchObject({
      state: 'not_sent',
      attempts: 0,
      error: { code: 'protected', message: `not sent: ${WHO}`, passing: false },
    });
    expect(await stage.step('delete', 1)).toMatchObject({ state: 'not_sent' });
    expect(await stage.step('delete_users', 1)).toMatchObject({ state: 'not_sent', attempts: 0 });
    expect((await stage.request(0)).state).toBe('completed');
    expect((await stage.request(2)).state).toBe('completed');
  });

  it('who was half done already: the account stays, and the request is partial', async () => {
    const who = new Set<string>();
    const stage = await protecting(who, { plan: erasing(['delete_feeds', 'delete_users']) });
    await stage.go('sent');
    who.add('ada');
    await stage.go();
    expect(sent(stage)).toEqual(['delete_feeds ada']);
    expect(await stage.step('delete_users')).toMatchObject({
      state: 'not_sent',
      error: { code: 'protected' },
    });
    expect((await stage.request()).state).toBe('partial');
  });

  it('stays unsent, run after run, until --failed asks for it and nobody protects it', async () => {
    const who = new Set(['ada']);
    const stage = await protecting(who, { plan: erasing(['delete_feeds', 'delete_users']) });
    await stage.go();
    await stage.go();
    expect(sent(stage)).toEqual([]);
    who.clear();
    const asked = { failed: true, resend: false };
    const { steps } = await stage.request();
    const refused = steps.filter(({ error }) => error?.code === 'protected');
    expect(refused.map(({ operation }) => operation)).toEqual(['delete_feeds']);
    await stage.ledger.take(stage.ids, holder('me'), stage.clock.now());
    await stage.ledger.record('me', retried(refused, asked, stage.clock.now()));
    await stage.go();
    expect((await stage.request()).state).toBe('completed');
  });

  test.each(['delete_feeds', 'delete_users', 'delete'] as const)(
    '%s in doubt: it is not sent again, and stays in doubt',
    async (operation) => {
      const who = new Set<string>();
      const stage = await protecting(who, {
        users: people(2),
        plan: erasing([operation]),
        stream: { submit: () => (who.add('u001'), lost) },
        sendbird: {
          submit: () => (who.add('u001'), lost),
          look: ({ subjectIds }) => ({ kind: 'looked', visible: new Set(subjectIds) }),
        },
      });
      await stage.go();
      const calls = sent(stage).filter((about) => about.includes('u001'));
      expect(calls).toHaveLength(1);
      expect(sent(stage).filter((about) => about.includes('u000'))).toHaveLength(2);
      expect(await stage.step(operation, 1)).toMatchObject({
        state: 'in_doubt',
        blocked: true,
        error: { code: 'protected', message: `not sent again: ${WHO}` },
      });
      const step = await stage.step(operation, 1);
      await stage.ledger.take(stage.ids, holder('me'), stage.clock.now());
      await stage.ledger.record(
        'me',
        retried([step], { failed: false, resend: true }, stage.clock.now()),
      );
      await stage.go();
      expect(sent(stage).filter((about) => about.includes('u001'))).toHaveLength(1);
      expect((await stage.request(1)).state).toBe('in_doubt');
    },
  );

  it('is brought back all the same', async () => {
    const stage = await protecting(new Set(['ada']), { plan: erasing(['restore_users']) });
    await stage.go();
    expect((await stage.request()).state).toBe('completed');
  });
});

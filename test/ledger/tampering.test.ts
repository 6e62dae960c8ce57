import { describe, expect, it } from 'vitest';
import { finish, stage, T0 } from './stage.ts';

const UNLOCK = 'DROP TRIGGER events_stay; DROP TRIGGER events_go_with_their_request;';

async function afterTampering(sql: string): Promise<unknown> {
  const { ledger, raw } = await stage(['a', 'b']);
  await finish(ledger, 'a', T0 + 1);
  await finish(ledger, 'b', T0 + 1);
  expect(await ledger.request('req_a')).toMatchObject({ state: 'completed' });
  const db = raw();
  db.exec(UNLOCK);
  db.exec(sql);
  db.close();
  expect(await ledger.request('req_b')).toMatchObject({ state: 'completed' });
  return ledger.request('req_a').catch((thrown: unknown) => thrown);
}

describe('a request whose record was tampered with', () => {
  it.each([
    [
      'an event was edited',
      `UPDATE events SET state = 'failed' WHERE request_id = 'req_a' AND sequence = 4`,
    ],
    [
      'an event in the middle is gone',
      `DELETE FROM events WHERE request_id = 'req_a' AND sequence = 3`,
    ],
    [
      'the last event is gone',
      `DELETE FROM events WHERE request_id = 'req_a' AND sequence = (SELECT max(sequence) FROM events WHERE request_id = 'req_a')`,
    ],
    ['all events are gone', `DELETE FROM events WHERE request_id = 'req_a'`],
    [
      'two hashes were swapped',
      `UPDATE events SET hash = (SELECT hash FROM events AS o WHERE o.request_id = 'req_a' AND o.sequence = 5 - events.sequence) WHERE request_id = 'req_a' AND sequence IN (2, 3)`,
    ],
    [
      'the head was edited',
      `UPDATE requests SET head = (SELECT head FROM requests WHERE id = 'req_b') WHERE id = 'req_a'`,
    ],
    ['the count was edited', `UPDATE requests SET sequence = sequence + 1 WHERE id = 'req_a'`],
    ['a step state was edited', `UPDATE steps SET state = 'succeeded' WHERE id = 'st_a_access'`],
    ['the request state was edited', `UPDATE requests SET state = 'not_found' WHERE id = 'req_a'`],
    ['the subject was edited', `UPDATE requests SET user_id = 'somebody else' WHERE id = 'req_a'`],
    [
      'the day of receipt was edited',
      `UPDATE requests SET received_on = '2026-01-01' WHERE id = 'req_a'`,
    ],
    [
      'the id at a provider was edited',
      `UPDATE steps SET subject_id = 'x' WHERE id = 'st_a_access'`,
    ],
    ['a step was removed', `DELETE FROM steps WHERE id = 'st_a_access'`],
    [
      'the hash of a file was edited',
      `UPDATE artifacts SET sha256 = 'cd' WHERE step_id = 'st_a_users'`,
    ],
    ['a file was removed', `DELETE FROM artifacts WHERE step_id = 'st_a_users'`],
  ])('is refused: %s', async (_what, sql) => {
    expect(await afterTampering(sql)).toMatchObject({
      name: 'GdprError',
      fault: 'ledger',
      requestIds: ['req_a'],
      message: expect.stringContaining('req_a'),
      next: expect.stringContaining('Nothing was overwritten'),
    });
  });

  it('is refused when a row holds words or JSON that no gdpr wrote', async () => {
    expect(
      await afterTampering(`UPDATE steps SET state = 'done' WHERE id = 'st_a_users'`),
    ).toMatchObject({ fault: 'ledger' });
    expect(
      await afterTampering(`UPDATE steps SET options = '{' WHERE id = 'st_a_users'`),
    ).toMatchObject({ fault: 'ledger' });
    expect(
      await afterTampering(`UPDATE steps SET error = '{"code":1}' WHERE id = 'st_a_users'`),
    ).toMatchObject({ fault: 'ledger' });
  });
});

describe('the events table', () => {
  it('refuses to have an event changed or removed, but lets a whole request go', async () => {
    const { ledger, raw } = await stage(['a', 'b']);
    await finish(ledger, 'a', T0 + 1);
    const db = raw();
    expect(() => db.exec(`UPDATE events SET at = 1 WHERE sequence = 2`)).toThrow('only ever added');
    expect(() => db.exec(`DELETE FROM events WHERE sequence = 2`)).toThrow('together with');
    db.exec(`PRAGMA foreign_keys = ON; DELETE FROM requests WHERE id = 'req_a'`);
    for (const table of ['events', 'steps']) {
      const left = db
        .prepare(`SELECT count(*) AS n FROM ${table} WHERE request_id = 'req_a'`)
        .get();
      expect(left).toEqual({ n: 0 });
    }
    expect(db.prepare('SELECT count(*) AS n FROM artifacts').get()).toEqual({ n: 0 });
    expect(await ledger.request('req_a')).toBeNull();
    expect(await ledger.request('req_b')).toMatchObject({ id: 'req_b' });
  });

  it('holds no user id and no free text', async () => {
    const { ledger, raw } = await stage(['a']);
    await ledger.record('me', {
      at: T0,
      steps: [
        {
          id: 'st_a_users',
          patch: {
            state: 'failed',
            note: 'a note about a person',
            finishedAt: T0,
            error: {
              code: 'rejected',
              message: 'the provider said: user a',
              passing: false,
              providerCode: 4,
              httpStatus: 400,
            },
          },
        },
      ],
    });
    const text = JSON.stringify(raw().prepare('SELECT * FROM events').all());
    expect(text).toContain('rejected');
    for (const word of ['user a', 'note about', 'jane', 'ZD-1042', '/exports'])
      expect(text).not.toContain(word);
  });
});

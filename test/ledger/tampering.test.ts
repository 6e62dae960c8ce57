import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/requests/request.ts';
import type { Change } from '../../src/requests/transitions/change.ts';
import { T0, YES, erasure, finish, restoration, stage, stageOf } from './stage.ts';

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

function looked(name: string, after: Finding): Change {
  return { at: T0 + 1, steps: [{ id: `st_${name}_feeds`, patch: { after, lookedAt: T0 + 1 } }] };
}

async function afterTamperingWithErase(sql: string): Promise<unknown> {
  const plans = ['a', 'b'].map((name) => erasure(name));
  const { ledger, raw } = await stageOf([...plans, restoration('r')]);
  await ledger.confirm('me', ['req_a'], { ...YES, how: 'answered' });
  await ledger.record('me', looked('a', 'visible'));
  await ledger.record('me', looked('a', 'not_visible'));
  await ledger.record('me', looked('b', 'not_visible'));
  const why = { reason: 'many accounts', operator: 'jane', at: T0 + 2 };
  await ledger.extend('me', 'req_a', { ...why, until: '2027-02-21' });
  await ledger.settle('me', 'req_r', why);
  const ids = ['req_a', 'req_b', 'req_r'];
  for (const id of ids) expect(await ledger.request(id)).toMatchObject({ id });
  const db = raw();
  db.exec(sql);
  db.close();
  const read = await Promise.allSettled(ids.map((id) => ledger.request(id)));
  return read.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
}

describe('a request that came from the row of a CSV', () => {
  it.each([
    ['another identity', `identity = (SELECT identity FROM requests WHERE id = 'req_b')`],
    ['none', 'identity = NULL'],
  ])('is refused when it was given %s', async (_what, set) => {
    const { ledger, raw } = await stageOf([
      erasure('a', { identity: 'row a', acceptPartial: true }),
      erasure('b', { identity: 'row b' }),
      erasure('c'),
    ]);
    for (const name of ['a', 'b', 'c']) await ledger.request(`req_${name}`);
    const db = raw();
    db.exec(`UPDATE requests SET ${set} WHERE id = 'req_a'`);
    await expect(ledger.request('req_a')).rejects.toMatchObject({ fault: 'ledger' });
    expect(await ledger.request('req_b')).toMatchObject({ id: 'req_b' });
    db.exec(`UPDATE requests SET identity = 'ab' WHERE id = 'req_c'`);
    await expect(ledger.request('req_c')).rejects.toMatchObject({ fault: 'ledger' });
  });
});

describe('an erase or restore whose record was tampered with', () => {
  it.each([
    ['a confirmation was removed', `DELETE FROM confirmations WHERE ordinal = 2`, 'confirmation'],
    [
      'all confirmations were removed',
      `DELETE FROM confirmations WHERE request_id = 'req_a'`,
      'confirmation',
    ],
    [
      'a confirmation was added',
      `INSERT INTO confirmations VALUES ('req_a', 3, ${T0}, 'jane', 'typed')`,
      'confirmation',
    ],
    [
      'who confirmed was edited',
      `UPDATE confirmations SET operator = 'joe' WHERE request_id = 'req_a' AND ordinal = 1`,
      'confirmation',
    ],
    [
      'how it was confirmed was edited',
      `UPDATE confirmations SET how = 'typed' WHERE request_id = 'req_a'`,
      'confirmation',
    ],
    [
      'when it was confirmed was edited',
      `UPDATE confirmations SET at = at + 1 WHERE request_id = 'req_a' AND ordinal = 1`,
      'confirmation',
    ],
    [
      'a confirmation was made to last',
      `UPDATE requests SET confirmed_at = confirmed_at + 1 WHERE id = 'req_a'`,
      'confirmation',
    ],
    [
      'a confirmation was taken away',
      `UPDATE requests SET confirmed_at = NULL WHERE id = 'req_a'`,
      'confirmation',
    ],
    [
      'what looking again has shown was edited',
      `UPDATE steps SET after = 'visible' WHERE id = 'st_a_feeds'`,
      'check',
    ],
    [
      'what looking again has shown was removed',
      `UPDATE steps SET after = NULL WHERE id = 'st_a_feeds'`,
      'check',
    ],
    [
      'a finding was made up',
      `UPDATE steps SET after = 'not_visible' WHERE id = 'st_a_users'`,
      'check',
    ],
    [
      'what was seen before was edited',
      `UPDATE steps SET before = 'not_visible' WHERE id = 'st_a_users'`,
      'came in',
    ],
    [
      'what was seen before was removed',
      `UPDATE steps SET before = NULL WHERE request_id = 'req_a'`,
      'came in',
    ],
    [
      'an earlier erase was made up',
      `UPDATE steps SET earlier = 'req_x' WHERE id = 'st_a_users'`,
      'came in',
    ],
    [
      'leave to go on behind a cut export was made up',
      `UPDATE requests SET accept_partial = 1 WHERE id = 'req_a'`,
      'came in',
    ],
    [
      'why a step was never asked for was edited',
      `UPDATE steps SET note = 'done' WHERE id = 'st_r_none'`,
      'came in',
    ],
    [
      'a word was written that no gdpr knows',
      `UPDATE confirmations SET how = 'nodded' WHERE request_id = 'req_a'`,
      'how',
    ],
    [
      'a finding was written that no gdpr knows',
      `UPDATE steps SET after = 'gone' WHERE id = 'st_a_feeds'`,
      'after',
    ],
    [
      'how long it was extended was edited',
      `UPDATE requests SET extended_until = '2027-02-28' WHERE id = 'req_a'`,
      'extension',
    ],
    [
      'why it was extended was edited',
      `UPDATE requests SET extension_reason = 'none' WHERE id = 'req_a'`,
      'extension',
    ],
    [
      'who extended it was edited',
      `UPDATE requests SET extended_by = 'joe' WHERE id = 'req_a'`,
      'extension',
    ],
    [
      'when it was extended was edited',
      `UPDATE requests SET extended_at = extended_at + 1 WHERE id = 'req_a'`,
      'extension',
    ],
    [
      'its extension was removed',
      `UPDATE requests SET extended_until = NULL WHERE id = 'req_a'`,
      'extension',
    ],
    [
      'a part of its extension was removed',
      `UPDATE requests SET extension_reason = NULL WHERE id = 'req_a'`,
      'extension_reason',
    ],
    [
      'an extension was made up',
      `UPDATE requests SET extended_until = '2027-02-21', extension_reason = 'r', extended_by = 'o', extended_at = 1 WHERE id = 'req_b'`,
      'extension',
    ],
    [
      'why it was closed was edited',
      `UPDATE requests SET closing_reason = 'done' WHERE id = 'req_r'`,
      'closing',
    ],
    [
      'who closed it was edited',
      `UPDATE requests SET closed_by = 'joe' WHERE id = 'req_r'`,
      'closing',
    ],
    [
      'when it was closed was edited',
      `UPDATE requests SET closed_at = closed_at + 1 WHERE id = 'req_r'`,
      'closing',
    ],
    [
      'its closing was removed',
      `UPDATE requests SET closed_at = NULL WHERE id = 'req_r'`,
      'closing',
    ],
    [
      'a part of its closing was removed',
      `UPDATE requests SET closed_by = NULL WHERE id = 'req_r'`,
      'closed_by',
    ],
    ['it was opened again', `UPDATE requests SET state = 'open' WHERE id = 'req_r'`, 'state'],
    [
      'a closing was made up',
      `UPDATE requests SET closed_at = 1, closed_by = 'o', closing_reason = 'r', state = 'closed' WHERE id = 'req_b'`,
      'closing',
    ],
  ])('is refused: %s', async (_what, sql, word) => {
    expect(await afterTamperingWithErase(sql)).toMatchObject([
      { name: 'GdprError', fault: 'ledger', message: expect.stringContaining(word) },
    ]);
  });

  it('is read as it is when nothing was', async () => {
    expect(await afterTamperingWithErase('SELECT 1')).toEqual([]);
  });

  it('may have its notes changed where they change on the way', async () => {
    const { ledger } = await stageOf([restoration('r')]);
    const patch = { note: 'already back', state: 'already_active', finishedAt: T0 } as const;
    await ledger.record('me', { at: T0, steps: [{ id: 'st_r_restore', patch }] });
    expect(await ledger.request('req_r')).toMatchObject({ state: 'completed' });
  });
});

describe('the events table', () => {
  it('refuses to have an event changed or removed, but lets a whole request go', async () => {
    const { ledger, raw } = await stage(['a', 'b']);
    await finish(ledger, 'a', T0 + 1);
    await ledger.confirm('me', ['req_a'], YES);
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
    expect(db.prepare('SELECT count(*) AS n FROM confirmations').get()).toEqual({ n: 0 });
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
    const why = { reason: 'she is on leave', operator: 'joe', at: T0 };
    await ledger.extend('me', 'req_a', { ...why, until: '2027-02-21' });
    await ledger.settle('me', 'req_a', why);
    const text = JSON.stringify(raw().prepare('SELECT * FROM events').all());
    expect(text).toContain('rejected');
    expect(text).toContain('extended');
    for (const word of ['user a', 'note about', 'jane', 'joe', 'on leave', 'ZD-1042', '/exports'])
      expect(text).not.toContain(word);
  });
});

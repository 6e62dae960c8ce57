import { describe, expect, it } from 'vitest';
import { statusDetail } from '../../../src/report/status/status-detail.ts';
import type { Shown } from '../../../src/report/status/status-json.ts';
import { plainPaint } from '../../../src/report/text.ts';
import { REQUEST_STATES, type Request, STEP_STATES } from '../../../src/requests/request.ts';
import {
  T0,
  access,
  account,
  call,
  fault,
  feeds,
  removal,
  request,
  step,
} from '../../requests/make.ts';

const ID = 'req_01K5Y000000000000000000001';
const at = {
  paint: plainPaint,
  today: '2026-11-20',
  now: T0 + 7_500_000,
  invocation: 'gdpr --profile p',
};

function show(of: Partial<Request>, shown: Partial<Shown> = {}, when = at): string {
  return statusDetail(
    { request: request({ id: ID, ...of }), calls: [], heldBy: null, ...shown },
    when,
  );
}

const erase = { action: 'erase', mode: 'hard', confirmedAt: T0 } as const;

describe('statusDetail', () => {
  it('tells of each step what was sent, what it waits for and when it is looked at next', () => {
    const running = feeds({
      state: 'accepted',
      callId: 'call_2',
      taskId: 'task-2',
      checks: 3,
      nextAt: T0 + 7_530_000,
    });
    const first = call(running, { state: 'replaced', taskId: null });
    const second = call(running, {
      id: 'call_2',
      state: 'accepted',
      providerStatus: 'running',
      intendedAt: T0 + 60_000,
      answeredAt: T0 + 61_000,
    });
    const shared = removal({ state: 'accepted', callId: 'call_3', taskId: 'task-3', checks: 1 });
    const third = call(shared, {
      id: 'call_3',
      state: 'accepted',
      stepIds: [shared.id, 'other', 'third'],
      providerStatus: 'scheduled',
    });
    const steps = [running, account({ blocked: true }), shared];
    expect(show({ ...erase, steps }, { calls: [first, second, third] })).toMatchInlineSnapshot(`
      "Request  req_01K5Y000000000000000000001  erase of ada, hard  ZD-1042  (open)

        Stream    feed data …  running
                               sent 2026-11-20 09:00 UTC: may have arrived, and
                               another took its place
                               sent 2026-11-20 09:01 UTC: accepted, task task-2
                               Stream says: running
                               checked 3 times, next check 2026-11-20 11:05 UTC
                  account   ·  waits for feed data
        Sendbird  account   …  running
                               sent 2026-11-20 09:00 UTC, with 2 other people:
                               accepted, task task-3
                               Sendbird says: scheduled
                               checked once, next check due now

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026.
        Recorded 2 h 5 min ago by jane, profile production.
        Next     To carry on: gdpr --profile p resume req_01K5Y000000000000000000001"
    `);
  });

  it('says what to do about what is in doubt, what failed, and what is to be confirmed', () => {
    const doubt = removal({ state: 'in_doubt', blocked: true, note: 'in doubt: lost' });
    expect(show({ ...erase, state: 'in_doubt', steps: [doubt] })).toMatchInlineSnapshot(`
      "Request  req_01K5Y000000000000000000001  erase of ada, hard  ZD-1042  (in doubt)

        Sendbird  account   ?  in doubt
                               in doubt: lost

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026.
        Recorded 2 h 5 min ago by jane, profile production.
        Next     To search Sendbird's list again:
                 gdpr --profile p resume req_01K5Y000000000000000000001; to send the
                 deletion again:
                 gdpr --profile p resume --resend req_01K5Y000000000000000000001"
    `);
    const bad = step({ state: 'failed', finishedAt: T0, error: fault('x', { passing: false }) });
    expect(show({ state: 'failed', steps: [bad] })).toMatchInlineSnapshot(`
      "Request  req_01K5Y000000000000000000001  export of ada  ZD-1042  (failed)

        Stream    users     ✗  failed
                               it says x

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026.
        Recorded 2 h 5 min ago by jane, profile production.
        Next     What arrived is kept. To try the rest again:
                 gdpr --profile p resume --failed req_01K5Y000000000000000000001; to
                 settle it by hand:
                 gdpr --profile p close req_01K5Y000000000000000000001 --reason <text>"
    `);
    const old = { ...erase, confirmedAt: T0 - 8 * 86_400_000 };
    expect(show({ ...old, steps: [removal()] })).toContain(
      `To confirm and carry on, in a terminal:\n           gdpr --profile p resume ${ID}`,
    );
  });

  it('says who works on it, and that there is nothing to do', () => {
    const heldBy = { host: 'desk', boot: 'b', pid: 77, started: '1' };
    const text = show({ steps: [access()] }, { heldBy });
    expect(text).toContain('Process 77 on desk works on it at this moment.');
    expect(text).toContain('Next     Nothing: it goes on there.');
  });

  it('tells of an extension, or that there could be one', () => {
    const steps = [access()];
    const pressing = { ...at, today: '2026-12-15' };
    expect(show({ steps })).not.toContain('extend');
    expect(show({ steps }, {}, pressing)).toContain('due Mon 21 Dec 2026: due in 6 days.');
    expect(show({ steps }, {}, pressing)).toContain('--until <date>');
    const late = show({ steps }, {}, { ...at, today: '2026-12-22' });
    expect(late).toContain('OVERDUE by 1 day');
    expect(late).not.toContain('--until');
    const extension = { until: '2026-12-22', reason: 'many\nasked', operator: 'joe', at: T0 };
    const extended = show({ steps, extension }, {}, pressing);
    expect(extended).toContain('due Tue 22 Dec 2026: due in 7 days.');
    expect(extended).toContain('Extended once (Art. 12(3)), before it was due on Mon 21 Dec 2026');
    expect(extended).toContain('many\\u{a}asked');
    expect(extended).not.toContain('--until');
  });

  it('stays within 80 columns in every state, and lets nothing through that a terminal obeys', () => {
    for (const state of REQUEST_STATES) {
      for (const each of STEP_STATES) {
        const steps = [
          step({ operation: 'export_feeds', state: each, attempts: 1, nextAt: T0 }),
          feeds({
            state: each,
            callId: 'call_1',
            taskId: 'task',
            note: 'a note',
            checks: 1,
          }),
          account({ state: each, finishedAt: T0, error: fault('x') }),
          removal({ state: each, blocked: true }),
        ];
        const calls = steps.map((of) =>
          call(of, { taskId: '5f2c3ad4-90dd-4a3f-8f39-e1c7c8f0d611', state: 'in_doubt' }),
        );
        const subject = { userId: 'a\u001b[2J\u202e\nb', streamId: null, sendbirdId: null };
        const text = show({ state, steps, subject, reference: 'ZD\u001b[2J' }, { calls });
        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
        // A command stays whole: half of it would be another one.
        const lines = text.split('\n').filter((line) => !line.includes('gdpr --profile'));
        const longest = lines.reduce((a, b) => (a.length > b.length ? a : b));
        expect([longest.length > 80 ? longest : '', state]).toEqual(['', state]);
      }
    }
  });
});

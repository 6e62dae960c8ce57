import { describe, expect, it, test } from 'vitest';
import { plainPaint } from '../../src/report/paint.ts';
import { statusJson, statusTable } from '../../src/report/status-text.ts';
import { REQUEST_STATES, STEP_STATES, type Request } from '../../src/requests/request.ts';
import {
  STILL_THERE,
  T0,
  access,
  account,
  feeds,
  removal,
  request,
  step,
} from '../requests/make.ts';

const ID = 'req_01K5Y000000000000000000001';
const showing = { paint: plainPaint, today: '2026-11-20', now: T0 + 7_500_000 };
const show = (...of: Partial<Request>[]): string =>
  statusTable(
    of.map((more) => request({ id: ID, ...more })),
    showing,
  ) ?? '';

describe('statusTable', () => {
  it('says what it is, when it is due and how far it is', () => {
    const steps = [
      step({ operation: 'export_feeds', state: 'succeeded' }),
      step({ attempts: 1 }),
      access({ state: 'accepted' }),
    ];
    expect(show({ steps })).toMatchInlineSnapshot(`
      "req_01K5Y000000000000000000001  export of ada
        open, 2 h 5 min old, due 2026-12-21
        Stream feeds ✓ done · Stream users · tried, not accepted yet
        Sendbird access … running"
    `);
  });

  it('says of an erase what waits, what is being checked and what is contradicted', () => {
    const steps = [feeds({ state: 'accepted' }), account({ blocked: true }), removal(STILL_THERE)];
    expect(show({ action: 'erase', mode: 'hard', steps, confirmedAt: T0 })).toMatchInlineSnapshot(`
      "req_01K5Y000000000000000000001  erase of ada
        open, 2 h 5 min old, due 2026-12-21
        Stream feed data … running · Stream account · waits for feed data
        Sendbird account ✗ reported done, still visible"
    `);
    expect(show({ steps: [removal({ state: 'reported' })] })).toContain('being checked');
  });

  it('says when somebody has to confirm it anew', () => {
    const steps = [feeds({ state: 'succeeded', finishedAt: T0 }), account()];
    const week = 7 * 86_400_000;
    const of = (confirmedAt: number) => show({ action: 'erase', steps, confirmedAt });
    expect(of(showing.now - week)).toContain('to be confirmed again: gdpr resume asks');
    expect(of(showing.now - week + 1)).not.toContain('confirmed');
  });

  it('has nothing to show', () => {
    expect(statusTable([], showing)).toBeNull();
  });

  it('stays within 80 columns in every state', () => {
    for (const state of REQUEST_STATES) {
      for (const each of STEP_STATES) {
        const steps = [
          step({ operation: 'export_feeds', state: each, attempts: 1 }),
          step({ state: each, attempts: 1 }),
          access({ state: each, attempts: 1 }),
          account({ state: each, finishedAt: T0 }),
          removal({ state: each }),
        ];
        const lines = show({
          state,
          steps,
          subject: { userId: 'ada.lovelace@example.com', streamId: null, sendbirdId: null },
        }).split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
      }
    }
  });

  test.each([
    ['2026-12-21', 'due 2026-12-21'],
    ['2026-11-28', 'due 2026-11-28'],
    ['2026-11-27', 'due 2026-11-27, soon'],
    ['2026-11-20', 'due 2026-11-20, soon'],
    ['2026-11-19', 'due 2026-11-19, OVERDUE'],
  ])('marks what is due on %s', (dueOn, words) => {
    expect(show({ dueOn }).split('\n')[1]).toMatch(new RegExp(`${words}$`));
    expect(show({ dueOn, state: 'completed' })).not.toMatch(/soon|OVERDUE/);
  });

  it('lets nothing through that a terminal obeys', () => {
    const userId = 'a\u001b[2J\u202e\nb';
    const text = show({ subject: { userId, streamId: null, sendbirdId: null } });
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(text.split('\n')).toHaveLength(3);
  });
});

describe('statusJson', () => {
  it('has every key always, null for what is absent', () => {
    const bare = JSON.parse(
      statusJson(
        request({
          reference: null,
          subject: { userId: 'ada', streamId: null, sendbirdId: null },
          steps: [step()],
        }),
        '2026-11-20',
      ),
    );
    const full = JSON.parse(
      statusJson(request({ steps: [step({ taskId: 'task-1', nextAt: T0 })] }), '2027-01-01'),
    );
    expect(Object.keys(bare)).toEqual(Object.keys(full));
    expect(Object.keys(bare.steps[0])).toEqual(Object.keys(full.steps[0]));
    expect(bare).toMatchObject({
      schema: 'gdpr-status/1',
      reference: null,
      overdue: false,
      settled: false,
      subject: { user_id: 'ada', stream_id: null, sendbird_id: null },
    });
    expect(full).toMatchObject({ overdue: true });
  });
});

import { describe, expect, it, test } from 'vitest';
import { statusTable } from '../../../src/report/status/status-text.ts';
import { plainPaint } from '../../../src/report/text.ts';
import { REQUEST_STATES, type Request, STEP_STATES } from '../../../src/requests/request.ts';
import {
  STILL_THERE,
  T0,
  access,
  account,
  fault,
  feeds,
  removal,
  request,
  step,
} from '../../requests/make.ts';

const ID = 'req_01K5Y000000000000000000001';
const showing = { paint: plainPaint, today: '2026-11-20', now: T0 + 7_500_000 };
const show = (...of: Partial<Request>[]): string =>
  statusTable(
    of.map((more) => request({ id: ID, ...more })),
    showing,
  ) ?? '';
/** What stands below the only request. */
const below = (of: Partial<Request>): string => show(of).split('\n').slice(2).join('\n');

const named = (userId: string): Request['subject'] => ({
  userId,
  streamId: null,
  sendbirdId: null,
});

describe('statusTable', () => {
  it('says what it is, how old, when it is due, and how far each provider is', () => {
    const ended = { finishedAt: T0 };
    const steps = [
      step({ operation: 'export_feeds', state: 'succeeded', ...ended }),
      step({ attempts: 1 }),
      access({ state: 'accepted' }),
    ];
    const erase = { action: 'erase', mode: 'hard', createdAt: T0 - 9 * 86_400_000 } as const;
    const left = [feeds({ state: 'accepted' }), account({ blocked: true }), removal(STILL_THERE)];
    const table = show(
      { ...erase, dueOn: '2026-11-17', subject: named('grace'), steps: left, confirmedAt: T0 },
      { steps },
    );
    expect(table).toMatchInlineSnapshot(`
      "Request                         Subject            Action   Age       Due
      req_01K5Y000000000000000000001  grace              erase    9 days    2026-11-17
        OVERDUE by 3 days · Stream … 0 of 2, feed data running
        Sendbird ✗ reported done, still visible
      req_01K5Y000000000000000000001  ada                export   2 h       2026-12-21
        Stream · 1 of 2, users tried, not accepted yet · Sendbird … running"
    `);
  });

  it('tells of each provider what matters most', () => {
    const ended = { finishedAt: T0 };
    const doubt = [
      feeds({ state: 'in_doubt', blocked: true }),
      account({ state: 'not_sent', ...ended }),
    ];
    expect(below({ steps: doubt })).toContain('Stream ? 1 of 2, feed data in doubt');
    const bad = [
      feeds({ state: 'failed', error: fault('x'), ...ended }),
      account({ state: 'not_sent', ...ended }),
    ];
    expect(below({ steps: bad })).toContain('Stream ✗ 2 of 2, feed data failed');
    const waits = [feeds({ state: 'succeeded', ...ended }), account({ state: 'intended' })];
    expect(below({ steps: waits })).toContain('Stream · 1 of 2, account being sent');
    const done = [
      feeds({ state: 'succeeded', ...ended }),
      account({ state: 'succeeded', ...ended }),
    ];
    expect(below({ steps: done })).toBe('  Stream ✓ done');
    expect(below({ steps: [removal({ state: 'reported' })] })).toContain('being checked');
  });

  it('names the state of what is not simply open', () => {
    for (const state of REQUEST_STATES) {
      const words = below({ state, steps: [access()] });
      const word = state === 'open' ? '' : `${state.replace('_', ' ')} · `;
      expect(words).toBe(`  ${word}Sendbird · not sent yet`);
    }
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
        for (const finishedAt of [null, T0]) {
          const steps = [
            step({ operation: 'export_feeds', state: each, attempts: 1, finishedAt }),
            step({ state: each, attempts: 1 }),
            access({ state: each, attempts: 1 }),
            feeds({ state: each, attempts: 1, finishedAt: T0 }),
            account({ state: each, finishedAt, blocked: true }),
            removal({ state: each }),
          ];
          const lines = show({
            state,
            steps,
            action: 'restore',
            createdAt: T0 - 999 * 86_400_000,
            dueOn: '2024-11-20',
            subject: named('ada.lovelace@example.com'),
          }).split('\n');
          expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
        }
      }
    }
  });

  it.each(['愛達愛達愛達愛達愛達愛達愛達', 'ada', 'ada.lovelace@example.com', 'a😀b'])(
    'keeps its columns for %s',
    (userId) => {
      const row = show({ subject: named(userId) }).split('\n')[1] ?? '';
      const wide = Array.from(row).filter(
        (letter) => /[\p{Script=Han}\p{Emoji}]/u.test(letter) && letter > '~',
      );
      const width = Array.from(row).length + wide.length;
      expect(row.slice(row.indexOf('export'))).toBe('export   2 h       2026-12-21');
      expect(width).toBe(80);
    },
  );

  test.each([
    ['2026-12-21', null],
    ['2026-11-28', null],
    ['2026-11-27', 'due in 7 days'],
    ['2026-11-21', 'due in 1 day'],
    ['2026-11-20', 'DUE TODAY'],
    ['2026-11-19', 'OVERDUE by 1 day'],
    ['2026-11-09', 'OVERDUE by 11 days'],
  ])('marks what is due on %s: %s', (dueOn, mark) => {
    const steps = [access()];
    const marked = mark === null ? '' : `${mark} · `;
    expect(below({ dueOn, steps })).toBe(`  ${marked}Sendbird · not sent yet`);
    expect(below({ dueOn, steps, state: 'completed' })).not.toMatch(/due|OVERDUE|DUE/);
  });

  it('goes by the extension where there is one', () => {
    const extension = { until: '2027-01-20', reason: 'many', operator: 'jane', at: T0 };
    const table = show({ dueOn: '2026-11-19', extension, steps: [access()] });
    expect(table).toContain('2027-01-20');
    expect(table).not.toContain('OVERDUE');
  });

  it('lets nothing through that a terminal obeys', () => {
    const text = show({ subject: named('a\u001b[2J\u202e\nb') });
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(text.split('\n')).toHaveLength(3);
  });
});

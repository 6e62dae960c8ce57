import { describe, expect, it } from 'vitest';
import { type Shown, statusJson } from '../../../src/report/status/status-json.ts';
import type { Request } from '../../../src/requests/request.ts';
import { T0, call, fault, removal, request, step } from '../../requests/make.ts';

const at = { today: '2026-11-20', now: T0 };

function read(more: Partial<Request>, shown: Partial<Shown> = {}, when = at) {
  return JSON.parse(
    statusJson({ request: request(more), calls: [], heldBy: null, ...shown }, when),
  );
}

describe('statusJson', () => {
  it('has every key always, null for what is absent', () => {
    const nobody = { userId: 'ada', streamId: null, sendbirdId: null };
    const bare = read({ reference: null, subject: nobody, steps: [step()] });
    const of = step({
      taskId: 'task-1',
      nextAt: T0,
      intendedAt: T0,
      acceptedAt: T0,
      error: fault('x'),
    });
    const full = read(
      {
        extension: { until: '2027-01-20', reason: 'many', operator: 'jane', at: T0 },
        closing: { reason: 'enough', operator: 'jane', at: T0 },
        finishedAt: T0,
        steps: [of],
      },
      {
        calls: [call(of)],
        heldBy: { host: 'desk', boot: 'b', pid: 7, started: '1' },
      },
    );
    expect(Object.keys(bare)).toEqual(Object.keys(full));
    expect(Object.keys(bare.steps[0])).toEqual(Object.keys(full.steps[0]));
    expect(JSON.stringify([bare, full])).not.toContain('undefined');
    expect(bare).toMatchObject({
      schema: 'gdpr-status/1',
      reference: null,
      overdue: false,
      settled: false,
      extension: null,
      closing: null,
      held_by: null,
      calls: [],
      subject: { user_id: 'ada', stream_id: null, sendbird_id: null },
    });
    expect(full).toMatchObject({
      due_on: '2027-01-20',
      held_by: { host: 'desk', pid: 7 },
      steps: [{ next_check_at: '2026-11-20T09:00:00.000Z', error: { code: 'x', passing: true } }],
    });
  });

  it('goes by the day that counts', () => {
    const late = { today: '2027-01-01', now: T0 };
    expect(read({}, {}, late)).toMatchObject({ due_on: '2026-12-21', overdue: true });
    const extension = { until: '2027-01-20', reason: 'many', operator: 'jane', at: T0 };
    expect(read({ extension }, {}, late)).toMatchObject({ due_on: '2027-01-20', overdue: false });
    expect(read({ state: 'closed' }, {}, late)).toMatchObject({ overdue: false, settled: true });
  });

  it('tells of each call what it is', () => {
    const of = removal({ callId: 'call_2', subjects: 2 });
    const lost = call(of, { state: 'replaced', subjectIds: ['ada', 'grace'] });
    const adopted = call(of, {
      id: 'call_2',
      replaces: 'call_1',
      adopted: true,
      taskId: 'task-1',
      state: 'accepted',
      providerStatus: 'scheduled',
      answeredAt: T0,
    });
    expect(read({ steps: [of] }, { calls: [lost, adopted] }).calls).toMatchObject([
      { call_id: 'call_1', state: 'replaced', task_id: null, adopted: false, subjects: 2 },
      { call_id: 'call_2', task_id: 'task-1', provider_status: 'scheduled', adopted: true },
    ]);
  });

  it('says what waits for what, and what is to be confirmed', () => {
    const week = T0 - 7 * 86_400_000;
    const waits = read({ confirmedAt: week, steps: [removal()] });
    expect(waits.steps[0]).toMatchObject({ to_confirm: true, waits_for: null });
    const first = step({ state: 'accepted' });
    expect(read({ steps: [first, removal()] }).steps[1]).toMatchObject({
      waits_for: 'the export',
    });
  });
});

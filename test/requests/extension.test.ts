import { describe, expect, it, test } from 'vitest';
import { extensionRefusal } from '../../src/requests/deadline.ts';
import { REQUEST_STATES, type Request } from '../../src/requests/request.ts';
import { isSettled } from '../../src/requests/state.ts';
import { request } from './make.ts';

const never = (): boolean => false;
const easter = (day: string): boolean => day === '2026-04-03' || day === '2026-04-06';
const refused = (
  until: string,
  { today = '2026-11-25', ...more }: Partial<Request> & { today?: string } = {},
) => extensionRefusal(request(more), until, today, never);

describe('extensionRefusal', () => {
  test.each([
    ['2026-12-22', 'the day after the first due day'],
    ['2027-01-20', 'two months from receipt'],
    ['2027-02-22', 'the last day: three months from receipt, moved on from a Saturday'],
    ['2027-01-02', 'a Saturday: nobody has to take a working day'],
  ])('%s is allowed: %s', (until) => {
    expect(refused(until)).toBeNull();
  });

  test.each([
    ['2026-12-21', 'not later than the present due day'],
    ['2026-12-20', 'not later than the present due day'],
    ['2020-01-01', 'not later than the present due day'],
    ['2027-02-23', 'later than Mon 22 Feb 2027 (2027-02-22)'],
    ['2027-11-20', 'later than Mon 22 Feb 2027 (2027-02-22)'],
    ['2027-02-29', 'is not a day'],
    ['20.1.2027', 'is not a day'],
    ['', 'is not a day'],
  ])('%j is refused: %s', (until, why) => {
    expect(refused(until)?.message).toContain(why);
  });

  it('is decided within the first month, its last day included', () => {
    expect(refused('2027-01-20', { today: '2026-12-21' })).toBeNull();
    const late = refused('2027-01-20', { today: '2026-12-22' });
    expect(late?.message).toContain('the first month of req_1 ended on Mon 21 Dec 2026');
  });

  it('comes once', () => {
    const extension = { until: '2027-01-20', reason: 'many', operator: 'jane', at: 0 };
    const again = refused('2027-02-01', { extension });
    expect(again?.message).toContain('was extended before, until Wed 20 Jan 2027 (2027-01-20)');
  });

  test.each(REQUEST_STATES)('of a request that is %s', (state) => {
    const refusal = refused('2027-01-20', { state });
    const settled = `Refused: req_1 is settled (${state.replace('_', ' ')}).`;
    expect(refusal?.message ?? null).toBe(isSettled(state) ? settled : null);
  });

  test.each(['2026-12-21', '2027-02-23', 'soon'])(
    'says the rule and the range, whatever is wrong with %s',
    (until) => {
      expect(refused(until)?.next).toBe(
        'Nothing was recorded. Art. 12(3) GDPR allows one extension, by at most two further months, decided within the first month. For req_1: until any day from Tue 22 Dec 2026 (2026-12-22) to Mon 22 Feb 2027 (2027-02-22), decided by Mon 21 Dec 2026 (2026-12-21) at the latest.',
      );
    },
  );

  test.each([
    // Received at the end of a month: the first due day and the last are those of shorter months.
    ['2026-12-31', '2027-02-01', '2027-03-31', '2027-04-01'],
    ['2023-11-30', '2024-01-01', '2024-02-29', '2024-03-01'],
    ['2024-11-30', '2024-12-30', '2025-02-28', '2025-03-01'],
  ])('of one received on %s and due on %s ends on %s', (receivedOn, dueOn, last, tooLate) => {
    const of = { receivedOn, dueOn, today: receivedOn };
    expect(refused(last, of)).toBeNull();
    expect(refused(tooLate, of)).not.toBeNull();
  });

  it('counts holidays', () => {
    const of = request({ receivedOn: '2026-01-03', dueOn: '2026-02-03' });
    expect(extensionRefusal(of, '2026-04-07', '2026-01-10', easter)).toBeNull();
    expect(extensionRefusal(of, '2026-04-08', '2026-01-10', easter)).not.toBeNull();
    expect(extensionRefusal(of, '2026-04-07', '2026-01-10', never)).not.toBeNull();
  });
});

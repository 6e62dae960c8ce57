import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  calendarDay,
  dayAfter,
  daysBetween,
  dueDay,
  dueNow,
  isCalendarDay,
  latestDay,
  spellDay,
} from '../../src/requests/deadline.ts';

const never = (): boolean => false;

describe('dueDay', () => {
  test.each([
    ['2026-11-20', '2026-12-21', 'the 20th is a Sunday'],
    ['2026-01-15', '2026-02-16', 'the 15th is a Sunday'],
    ['2026-03-11', '2026-04-13', 'the 11th is a Saturday'],
    ['2026-03-10', '2026-04-10', 'a Friday stays'],
    ['2026-01-31', '2026-03-02', 'the last of February is a Saturday'],
    ['2025-01-31', '2025-02-28', 'no 31st in February'],
    ['2024-01-31', '2024-02-29', 'a leap year'],
    ['2024-01-30', '2024-02-29', 'a leap year, the 30th'],
    ['2023-01-30', '2023-02-28', 'no leap year'],
    ['2100-01-29', '2100-03-01', '2100 has no 29th of February; the 28th is a Sunday'],
    ['2024-02-29', '2024-03-29', 'from a leap day'],
    ['2027-02-28', '2027-03-29', 'the 28th, not the end of March; a Sunday'],
    ['2026-03-31', '2026-04-30', '31 to 30 days'],
    ['2026-12-31', '2027-02-01', 'over the year; the 31st is a Sunday'],
    ['2026-12-15', '2027-01-15', 'over the year'],
    ['2026-11-30', '2026-12-30', 'the 30th, not the end of December'],
  ])('%s is due %s (%s)', (received, due) => {
    expect(dueDay(received, never)).toBe(due);
  });

  it('moves on over holidays, and over a weekend behind them', () => {
    const easter = new Set(['2026-04-03', '2026-04-06']);
    expect(dueDay('2026-03-03', (day) => easter.has(day))).toBe('2026-04-07');
    const christmas = new Set(['2026-12-25', '2026-12-26', '2026-12-28']);
    expect(dueDay('2026-11-25', (day) => christmas.has(day))).toBe('2026-12-29');
  });

  it('moves on over the end of a year', () => {
    expect(dueDay('2026-12-01', (day) => day.startsWith('2027-01-0'))).toBe('2027-01-11');
  });

  it('asks about the day that is due and not about others', () => {
    const asked: string[] = [];
    dueDay('2026-03-10', (day) => asked.push(day) === 0);
    expect(asked).toEqual(['2026-04-10']);
  });

  it('is a working day of the next month, or the first one after it', () => {
    const days = fc
      .integer({ min: 0, max: 40_000 })
      .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
    fc.assert(
      fc.property(days, (received) => {
        const due = dueDay(received, never);
        const weekday = new Date(`${due}T00:00:00Z`).getUTCDay();
        expect([1, 2, 3, 4, 5]).toContain(weekday);
        expect(daysBetween(received, due)).toBeGreaterThanOrEqual(28);
        expect(daysBetween(received, due)).toBeLessThanOrEqual(33);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('latestDay, which an extension may reach', () => {
  test.each([
    ['2026-11-20', '2027-02-22', 'the 20th is a Saturday'],
    ['2026-01-15', '2026-04-15', 'a Wednesday stays'],
    ['2026-11-30', '2027-03-01', 'no 30th in February; the 28th is a Sunday'],
    ['2023-11-30', '2024-02-29', 'a leap year'],
    ['2023-11-29', '2024-02-29', 'a leap day itself'],
    ['2024-11-30', '2025-02-28', 'no leap year'],
    ['2099-11-30', '2100-03-01', '2100 is none; the 28th is a Sunday'],
    ['2024-02-29', '2024-05-29', 'from a leap day'],
    ['2026-10-31', '2027-02-01', 'over the year; the 31st is a Sunday'],
    ['2026-12-31', '2027-03-31', 'over the year'],
    ['2026-08-31', '2026-11-30', '31 to 30 days'],
    ['2026-01-31', '2026-04-30', 'two shorter months between do not count'],
    ['2026-02-28', '2026-05-28', 'the 28th, not the end of May'],
  ])('%s: %s (%s)', (received, latest) => {
    expect(latestDay(received, never)).toBe(latest);
  });

  it('moves on over holidays', () => {
    const easter = new Set(['2026-04-03', '2026-04-06']);
    expect(latestDay('2026-01-03', (day) => easter.has(day))).toBe('2026-04-07');
    expect(latestDay('2026-10-01', (day) => day === '2027-01-01')).toBe('2027-01-04');
  });

  it('is later than the first due day by at least 57 days, and by no more than 65', () => {
    const days = fc
      .integer({ min: 0, max: 40_000 })
      .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
    fc.assert(
      fc.property(days, (received) => {
        const more = daysBetween(dueDay(received, never), latestDay(received, never));
        expect(more).toBeGreaterThanOrEqual(57);
        expect(more).toBeLessThanOrEqual(65);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('dueNow', () => {
  it('is the day of the extension where there is one', () => {
    const extension = { until: '2027-01-29', reason: 'many', operator: 'jane', at: 0 };
    expect(dueNow({ dueOn: '2026-12-21', extension: null })).toBe('2026-12-21');
    expect(dueNow({ dueOn: '2026-12-21', extension })).toBe('2027-01-29');
  });
});

test.each([
  ['2026-03-28', '2026-03-29'],
  ['2026-03-29', '2026-03-30'],
  ['2026-10-25', '2026-10-26'],
  ['2024-02-28', '2024-02-29'],
  ['2023-02-28', '2023-03-01'],
  ['2026-12-31', '2027-01-01'],
])('the day after %s is %s', (day, next) => {
  expect(dayAfter(day)).toBe(next);
});

describe('calendarDay', () => {
  test.each([
    ['2026-11-20T22:59:59Z', 'Europe/Berlin', '2026-11-20'],
    ['2026-11-20T23:00:00Z', 'Europe/Berlin', '2026-11-21'],
    ['2026-07-20T21:59:59Z', 'Europe/Berlin', '2026-07-20'],
    ['2026-07-20T22:00:00Z', 'Europe/Berlin', '2026-07-21'],
    // The clocks go forward at 01:00 UTC and back at 01:00 UTC.
    ['2026-03-28T22:59:59Z', 'Europe/Berlin', '2026-03-28'],
    ['2026-03-28T23:00:00Z', 'Europe/Berlin', '2026-03-29'],
    ['2026-03-29T21:59:59Z', 'Europe/Berlin', '2026-03-29'],
    ['2026-03-29T22:00:00Z', 'Europe/Berlin', '2026-03-30'],
    ['2026-10-25T22:59:59Z', 'Europe/Berlin', '2026-10-25'],
    ['2026-10-25T23:00:00Z', 'Europe/Berlin', '2026-10-26'],
    // Clocks that change at midnight: this day begins at 01:00.
    ['2018-11-04T02:59:59Z', 'America/Sao_Paulo', '2018-11-03'],
    ['2018-11-04T03:00:00Z', 'America/Sao_Paulo', '2018-11-04'],
    ['2026-11-20T10:00:00Z', 'Pacific/Kiritimati', '2026-11-21'],
    ['2026-11-20T10:59:59Z', 'Pacific/Pago_Pago', '2026-11-19'],
    ['2026-11-20T00:00:00Z', 'UTC', '2026-11-20'],
    ['2026-12-31T23:59:59Z', 'Asia/Kolkata', '2027-01-01'],
    ['2024-02-28T23:30:00Z', 'Europe/Paris', '2024-02-29'],
  ])('%s in %s is %s', (at, zone, day) => {
    expect(calendarDay(Date.parse(at), zone)).toBe(day);
  });
});

describe('isCalendarDay', () => {
  test.each(['2026-11-20', '2024-02-29', '2000-02-29', '1999-12-31', '2026-01-01'])(
    '%s is one',
    (day) => expect(isCalendarDay(day)).toBe(true),
  );
  test.each([
    '',
    '2026-02-29',
    '2100-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-1-1',
    '20261120',
    '2026-11-20 ',
    ' 2026-11-20',
    '2026-11-20\n',
    '2026-11-20T00:00:00Z',
    '20-11-2026',
    '11/20/2026',
    'today',
    '٢٠٢٦-١١-٢٠',
    '-2026-11-20',
  ])('%j is none', (day) => {
    expect(isCalendarDay(day)).toBe(false);
  });
});

it('counts days over changes of the clock, and backwards', () => {
  expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
  expect(daysBetween('2026-11-20', '2026-12-21')).toBe(31);
  expect(daysBetween('2026-12-21', '2026-11-20')).toBe(-31);
  expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
  expect(daysBetween('2026-11-20', '2026-11-20')).toBe(0);
});

it('spells days as people read them', () => {
  expect(spellDay('2026-12-21')).toBe('Mon 21 Dec 2026');
  expect(spellDay('2026-09-01')).toBe('Tue 1 Sep 2026');
});

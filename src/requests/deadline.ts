import type { Request } from './request.ts';
import { isSettled } from './state.ts';
import type { Refusal } from './stream-options.ts';

const DAY = 86_400_000;
const CALENDAR_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether the text is a day of the calendar, `YYYY-MM-DD`. */
export function isCalendarDay(text: string): boolean {
  return CALENDAR_DAY.test(text) && format(toTime(text)) === text;
}

/** The day (`YYYY-MM-DD`) that an instant (ms) falls on in a time zone (IANA name). */
export function calendarDay(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/**
 * The last day to answer (Art. 12(3) GDPR, Reg. 1182/71): the same day of the next month, or the
 * last day of a shorter month, and on to the next working day. Days are `YYYY-MM-DD`.
 */
export function dueDay(received: string, isHoliday: (day: string) => boolean): string {
  return workingDay(monthsLater(received, 1), isHoliday);
}

/**
 * The last day that an extension can reach (Art. 12(3): two further months): three months from
 * receipt, counted as `dueDay` counts one.
 */
export function latestDay(received: string, isHoliday: (day: string) => boolean): string {
  return workingDay(monthsLater(received, 3), isHoliday);
}

/** The due day that counts now: the extension's where there is one. */
export function dueNow({ dueOn, extension }: Pick<Request, 'dueOn' | 'extension'>): string {
  return extension?.until ?? dueOn;
}

/** The day after a calendar day. */
export function dayAfter(day: string): string {
  return format(toTime(day) + DAY);
}

/** Days from one calendar day to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((toTime(to) - toTime(from)) / DAY);
}

/** A calendar day as people read it: `Mon 21 Dec 2026`. */
export function spellDay(day: string): string {
  // `Mon, 21 Dec 2026 00:00:00 GMT`, whatever the language of the system.
  const [weekday = '', date, month, year] = new Date(toTime(day)).toUTCString().split(' ');
  return `${weekday.slice(0, -1)} ${Number(date)} ${month} ${Number(year)}`;
}

function monthsLater(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return format(Date.UTC(year, month - 1 + months, Math.min(date, last)));
}

function workingDay(from: string, isHoliday: (day: string) => boolean): string {
  let day = from;
  while (isWeekend(day) || isHoliday(day)) day = dayAfter(day);
  return day;
}

function isWeekend(day: string): boolean {
  const weekday = new Date(toTime(day)).getUTCDay();
  return weekday === 0 || weekday === 6;
}

function toTime(day: string): number {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return Date.UTC(year, month - 1, date);
}

function format(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

const RULE =
  'Art. 12(3) GDPR allows one extension, by at most two further months, decided within the first month.';

/**
 * Why a deadline may not be extended until a day; null: it may. `until` and `today` are
 * `YYYY-MM-DD`, `today` where the deadline is counted.
 */
export function extensionRefusal(
  request: Pick<Request, 'id' | 'state' | 'receivedOn' | 'dueOn' | 'extension'>,
  until: string,
  today: string,
  isHoliday: (day: string) => boolean,
): Refusal | null {
  const latest = latestDay(request.receivedOn, isHoliday);
  const message = why(request, until, today, latest);
  if (message === null) return null;
  const range = `from ${spelt(dayAfter(request.dueOn))} to ${spelt(latest)}`;
  const next = `Nothing was recorded. ${RULE} For ${request.id}: until any day ${range}, decided by ${spelt(request.dueOn)} at the latest.`;
  return { message: `Refused: ${message}.`, next };
}

function why(
  request: Pick<Request, 'id' | 'state' | 'dueOn' | 'extension'>,
  until: string,
  today: string,
  latest: string,
): string | null {
  const { id, state, dueOn, extension } = request;
  if (!isCalendarDay(until)) return `${JSON.stringify(until)} is not a day (YYYY-MM-DD)`;
  if (isSettled(state)) return `${id} is settled (${state.replace('_', ' ')})`;
  if (extension !== null) {
    return `the deadline of ${id} was extended before, until ${spelt(extension.until)}`;
  }
  if (today > dueOn) return `the first month of ${id} ended on ${spelt(dueOn)}`;
  if (until <= dueNow(request)) {
    return `${spelt(until)} is not later than the present due day, ${spelt(dueOn)}`;
  }
  return until > latest ? `${spelt(until)} is later than ${spelt(latest)}` : null;
}

function spelt(text: string): string {
  return `${spellDay(text)} (${text})`;
}

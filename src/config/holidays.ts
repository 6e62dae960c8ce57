import type Holidays from 'date-holidays';
import type { HolidaysTypes } from 'date-holidays';
import { GdprError } from '../errors.ts';
import { didYouMean } from './near-miss.ts';
import type { DeadlineRules } from './settings.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Whether a day (`YYYY-MM-DD`) is a public holiday of the configured country and region, for the
 * deadline. Without a country no day is. Half days do not count: a deadline is never put off by
 * one. Throws GdprError `config` for a country or region that the calendar does not know.
 */
export async function holidayCheck(rules: DeadlineRules): Promise<(day: string) => boolean> {
  const { country, region } = rules;
  if (country === null) return () => false;
  const { default: Calendar } = await import('date-holidays');
  requireKnown(new Calendar(), country, region);
  const calendar =
    region === null
      ? new Calendar(country, { types: ['public'] })
      : new Calendar(country, region, { types: ['public'] });
  const years = new Map<number, ReadonlySet<string>>();
  const daysOf = (year: number): ReadonlySet<string> => {
    const known = years.get(year) ?? new Set(calendar.getHolidays(year).flatMap(wholeDays));
    years.set(year, known);
    return known;
  };
  return (day) => {
    const year = Number(day.slice(0, 4));
    // A holiday of several days may have begun in the year before.
    return daysOf(year).has(day) || daysOf(year - 1).has(day);
  };
}

function requireKnown(calendar: Holidays, country: string, region: string | null): void {
  const countries = Object.keys(calendar.getCountries());
  if (!countries.includes(country)) {
    throw unknown('country', country, countries);
  }
  const regions = Object.keys(calendar.getStates(country) ?? {});
  if (region !== null && !regions.includes(region)) {
    throw unknown('region', region, regions);
  }
}

function unknown(what: string, code: string, known: readonly string[]): GdprError {
  const message = `No public holidays are known for deadline.${what} "${code}".${didYouMean(code, known)}`;
  return new GdprError('config', message, {
    next: `Nothing was sent. Correct deadline.${what} in the profile, or leave it out: then ${what === 'country' ? 'only weekends count' : "only the country's own holidays count"}.`,
  });
}

/**
 * The calendar days that a holiday covers from midnight to midnight. `date` is local time; it says
 * 00:00 also where the holiday begins at sunset the evening before, with the hours added to its
 * length, so that only whole days are counted. An hour is allowed for a change of the clock.
 */
function wholeDays(holiday: HolidaysTypes.Holiday): string[] {
  const midnight = holiday.date.slice(11, 19) === '00:00:00';
  const first = Date.parse(`${holiday.date.slice(0, 10)}T00:00:00Z`);
  const length = holiday.end.getTime() - holiday.start.getTime();
  const count = midnight ? Math.floor((length + HOUR) / DAY) : 0;
  return Array.from({ length: count }, (_, index) =>
    new Date(first + index * DAY).toISOString().slice(0, 10),
  );
}

/** Whether this is a time zone of the IANA database; an offset such as `+02:00` is not. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The system's time zone; UTC where the system's setting names none that exists. */
export function systemTimeZone(): string {
  const name = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isTimeZone(name) ? name : 'UTC';
}

import { dayAfter, dueNow, isCalendarDay, latestDay, spellDay } from './deadline.ts';
import type { Refusal } from './erase-options.ts';
import type { Request } from './request.ts';
import { isSettled } from './state.ts';

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
  const range = `from ${day(dayAfter(request.dueOn))} to ${day(latest)}`;
  const next = `Nothing was recorded. ${RULE} For ${request.id}: until any day ${range}, decided by ${day(request.dueOn)} at the latest.`;
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
    return `the deadline of ${id} was extended before, until ${day(extension.until)}`;
  }
  if (today > dueOn) return `the first month of ${id} ended on ${day(dueOn)}`;
  if (until <= dueNow(request)) {
    return `${day(until)} is not later than the present due day, ${day(dueOn)}`;
  }
  return until > latest ? `${day(until)} is later than ${day(latest)}` : null;
}

function day(text: string): string {
  return `${spellDay(text)} (${text})`;
}

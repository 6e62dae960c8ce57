import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import { calendarDay, dueDay, isCalendarDay } from '../requests/deadline.ts';

/**
 * When the person asked and when the answer is due, both `YYYY-MM-DD` (SPEC section 9).
 * Throws GdprError `usage` for what is no day, or one that has not come yet.
 */
export async function receivedAndDue(
  app: App,
  received: string | null,
): Promise<{ receivedOn: string; dueOn: string }> {
  const { deadline } = await app.settings();
  const today = calendarDay(app.host.clock.now(), deadline.timeZone);
  const receivedOn = received ?? today;
  if (!isCalendarDay(receivedOn)) {
    throw new GdprError('usage', `--received ${JSON.stringify(receivedOn)} is not a day.`, {
      next: `Nothing was sent. Days are written like ${today}.`,
    });
  }
  if (receivedOn > today) {
    throw new GdprError('usage', `--received ${receivedOn} is in the future (today is ${today}).`, {
      next: 'Nothing was sent. Give the day on which the person asked.',
    });
  }
  return { receivedOn, dueOn: dueDay(receivedOn, await app.holidays()) };
}

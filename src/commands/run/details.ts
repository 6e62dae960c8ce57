import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import { calendarDay, dueDay, isCalendarDay } from '../../requests/deadline.ts';
import type { RowOwn } from '../../requests/identity.ts';
import type { RequestDetails, OwnDetails } from '../../requests/plan/plan.ts';
import type { SubjectRow } from '../../subjects/subjects.ts';

/** What requests are noted with. */
export interface DetailsSource {
  /** What the command line says for all. */
  common: RequestDetails;
  /** What each row says for itself, and the command line where the row says nothing. */
  own: (rows: readonly SubjectRow[]) => readonly OwnDetails[];
  /** The same as it was written, for the row's identity. */
  written: (row: SubjectRow) => RowOwn;
}

/** Throws GdprError `usage` for a `--received` that is no day, or one that has not come yet. */
export async function detailsOf(
  { reference, received }: { reference: string | null; received: string | null },
  outDir: string | null,
  app: App,
): Promise<DetailsSource> {
  const { profile, operator, deadline } = await app.settings();
  const today = calendarDay(app.host.clock.now(), deadline.timeZone);
  const receivedOn = received ?? today;
  checkReceived(receivedOn, today);
  const isHoliday = await app.holidays();
  const dueDays = new Map<string, string>();
  const dueOf = (day: string): string => {
    const due = dueDays.get(day) ?? dueDay(day, isHoliday);
    dueDays.set(day, due);
    return due;
  };
  return {
    common: { reference, profile, operator, receivedOn, dueOn: dueOf(receivedOn), outDir },
    own: (rows) =>
      rows.map((row) => {
        const day = row.receivedOn ?? receivedOn;
        return { reference: row.reference ?? reference, receivedOn: day, dueOn: dueOf(day) };
      }),
    written: (row) => ({
      reference: row.reference ?? reference,
      receivedOn: row.receivedOn ?? received,
    }),
  };
}

function checkReceived(receivedOn: string, today: string): void {
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
}

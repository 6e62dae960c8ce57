import type { App } from '../app.ts';
import { dueDay } from '../requests/deadline.ts';
import type { RowOwn } from '../requests/identity.ts';
import type { Intake, OwnIntake } from '../requests/plan.ts';
import type { RosterRow } from '../roster/roster.ts';
import { receivedAndDue } from './received.ts';

/** What requests are noted with. */
export interface Intakes {
  /** What the command line says for all. */
  common: Intake;
  /** What each row says for itself, and the command line where the row says nothing. */
  own: (rows: readonly RosterRow[]) => readonly OwnIntake[];
  /** The same as it was written, for the row's identity. */
  written: (row: RosterRow) => RowOwn;
}

/** Throws GdprError `usage` for a `--received` that is no day, or one that has not come yet. */
export async function intakesOf(
  { reference, received }: { reference: string | null; received: string | null },
  outDir: string | null,
  app: App,
): Promise<Intakes> {
  const { profile, operator } = await app.settings();
  const { receivedOn, dueOn } = await receivedAndDue(app, received);
  const isHoliday = await app.holidays();
  const dueDays = new Map([[receivedOn, dueOn]]);
  const dueOf = (day: string): string => {
    const due = dueDays.get(day) ?? dueDay(day, isHoliday);
    dueDays.set(day, due);
    return due;
  };
  return {
    common: { reference, profile, operator, receivedOn, dueOn, outDir },
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

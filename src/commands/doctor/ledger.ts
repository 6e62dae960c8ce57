import type { App } from '../../app.ts';
import type { Settings } from '../../config/settings.ts';
import type { Host } from '../../host/host.ts';
import type { Check } from '../../report/doctor/check.ts';
import { ledgerChecks, overdueCheck } from '../../report/doctor/ledger.ts';
import { SOON } from '../../report/words.ts';
import { calendarDay } from '../../requests/deadline.ts';
import { attempt } from './print.ts';

type Examination = Awaited<ReturnType<App['examination']>>;

const DAY = 86_400_000;

/** Whether the ledger holds, and what presses in it. */
export async function* ledgerAndDeadlines(
  examination: Examination,
  settings: Settings,
  { clock }: Host,
): AsyncGenerator<readonly Check[]> {
  const ledger = await attempt('ledger', () => examination.ledger(settings));
  yield ledger.done ? ledgerChecks(ledger.value) : [ledger.check];
  const { timeZone } = settings.deadline;
  const now = clock.now();
  const today = calendarDay(now, timeZone);
  const soon = calendarDay(now + SOON * DAY, timeZone);
  const found = await attempt('overdue', () => examination.pressing(settings, today, soon));
  yield [found.done ? overdueCheck(found.value, today) : found.check];
}

import type { Command } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import { calendarDay, extensionRefusal, isCalendarDay } from '../requests/deadline.ts';
import type { Request } from '../requests/request.ts';
import { parseReason } from './close.ts';
import { printReceipt } from './shared/output.ts';
import { holding, namedRequest, sealedReceipts } from './shared/requests.ts';

/** Declares `gdpr extend` and runs it; `done` gets the exit code. */
export function declareExtend(command: Command, app: App, done: (code: number) => void): void {
  command
    .argument('<request>', 'the request whose deadline is extended')
    .requiredOption('--until <date>', 'the new last day (YYYY-MM-DD)')
    .requiredOption('--reason <text>', 'why, for the record', parseReason)
    .action(async (id: string, { until, reason }) => done(await runExtend(id, until, reason, app)));
}

/** Records the one extension of Art. 12(3) and prints the receipt; resolves to the exit code. */
async function runExtend(id: string, until: string, reason: string, app: App): Promise<number> {
  await namedRequest(id, app);
  const ledger = await app.ledger();
  const { operator } = await app.settings();
  const receipts = await holding([id], app, async (holder) => {
    await requireExtendable(await namedRequest(id, app), until, app);
    const at = app.host.clock.now();
    await ledger.extend(holder.token, id, { until, reason, operator, at });
    return sealedReceipts([id], holder, app);
  });
  for (const each of receipts) await printReceipt(each, app);
  return 0;
}

async function requireExtendable(request: Request, until: string, app: App): Promise<void> {
  const { deadline } = await app.settings();
  const today = calendarDay(app.host.clock.now(), deadline.timeZone);
  const isHoliday = await app.holidays();
  const refusal = extensionRefusal(request, until, today, isHoliday);
  if (refusal === null) return;
  const { message, next } = refusal;
  const fault = isCalendarDay(until) ? 'guard' : 'usage';
  throw new GdprError(fault, message, { next, requestIds: [request.id] });
}

import { relative } from 'node:path';
import type { App } from '../../app.ts';
import type { Holder } from '../../ledger/ledger.ts';
import { receiptText } from '../../report/receipt/receipt-text.ts';
import { paintFor, plainPaint } from '../../report/text.ts';
import { calendarDay } from '../../requests/deadline.ts';
import type { Receipt } from '../../requests/receipt.ts';
import { createSealer } from '../../worker/jobs/seal.ts';
import { createReceipts } from '../../worker/receipts.ts';

/** A receipt as it stands beside the files that it is about. */
export function bundledText(receipt: Receipt): string {
  return receiptText(receipt, { paint: plainPaint, today: null, bundle: '.' });
}

/** Seals those of the requests that have ended, and answers with the receipts of all; they are held. */
export async function sealedReceipts(
  ids: readonly string[],
  holder: Holder,
  app: App,
): Promise<readonly Receipt[]> {
  const ledger = await app.ledger();
  const receipts = createReceipts(ledger);
  const { clock } = app.host;
  await createSealer({ ledger, clock, holder, receipts, receiptText: bundledText })(ids);
  const made = await Promise.all((await ledger.brief(ids)).map((each) => receipts.of(each)));
  return made.flatMap((each) => each?.receipt ?? []);
}

/** Prints a receipt as the flags ask. */
export async function printReceipt(receipt: Receipt, app: App): Promise<void> {
  const { host, flags } = app;
  if (flags.json) {
    host.stdout.write(`${JSON.stringify(receipt)}\n`);
    return;
  }
  const { deadline } = await app.settings();
  const text = receiptText(receipt, {
    paint: paintFor(host.stdout, host.env, flags.color),
    today: calendarDay(host.clock.now(), deadline.timeZone),
    bundle: receipt.bundle === null ? null : relative(host.cwd, receipt.bundle) || '.',
  });
  host.stdout.write(`${text}\n\n`);
}

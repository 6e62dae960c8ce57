import { relative } from 'node:path';
import type { App } from '../../app.ts';
import { bundlePath, sealBundle } from '../../files/bundle.ts';
import { type Holder, LeaseLost } from '../../ledger/ledger.ts';
import { receiptText } from '../../report/receipt/receipt-text.ts';
import { paintFor, plainPaint } from '../../report/text.ts';
import { calendarDay } from '../../requests/deadline.ts';
import { type Receipt, receiptOf } from '../../requests/receipt.ts';
import type { Request } from '../../requests/request.ts';
import { createSerial } from '../../worker/serial.ts';

/** Seals requests one after the other: two steps of one request may end in the same moment. */
export function createSealer(holder: Holder, app: App): (requestId: string) => Promise<void> {
  const inTurn = createSerial();
  return (requestId) => inTurn(() => sealEnded(requestId, holder, app));
}

/**
 * Puts receipt and checksums beside the files of a request that has ended, unless they are there.
 * A request that another process has taken over is left to it.
 */
async function sealEnded(requestId: string, holder: Holder, app: App): Promise<void> {
  const ledger = await app.ledger();
  const request = await ledger.request(requestId);
  if (request === null || request.sealed || request.finishedAt === null) return;
  const bundle = bundleOf(request);
  if (bundle === null) return;
  const [ours] = await ledger.take([requestId], holder, app.host.clock.now());
  if (ours === undefined) return;
  const receipt = receiptOf(request, bundle);
  const text = receiptText(receipt, { paint: plainPaint, today: null, bundle: '.' });
  await sealBundle(
    bundle,
    { json: `${JSON.stringify(receipt, null, 2)}\n`, text: `${text}\n` },
    request.steps.flatMap((step) => step.artifacts),
  );
  try {
    await ledger.seal(holder.token, requestId);
  } catch (thrown) {
    if (!(thrown instanceof LeaseLost)) throw thrown;
  }
}

/** Prints a request's receipt as the flags ask, and answers with it. */
export async function printReceipt(request: Request, app: App): Promise<Receipt> {
  const { host, flags } = app;
  const bundle = bundleOf(request);
  const receipt = receiptOf(request, bundle);
  if (flags.json) {
    host.stdout.write(`${JSON.stringify(receipt)}\n`);
    return receipt;
  }
  const { deadline } = await app.settings();
  const text = receiptText(receipt, {
    paint: paintFor(host.stdout, host.env, flags.color),
    today: calendarDay(host.clock.now(), deadline.timeZone),
    bundle: receipt.bundle === null ? null : relative(host.cwd, receipt.bundle) || '.',
  });
  host.stdout.write(`${text}\n\n`);
  return receipt;
}

/** The folder of a request's bundle; null: its action makes no files. */
export function bundleOf(request: Request): string | null {
  return request.outDir === null ? null : bundlePath(request.outDir, request.id);
}

import type { Clock } from '../../host/host.ts';
import { sealBundle } from '../../files/bundle.ts';
import { type Brief, type Holder, LeaseLost, type Ledger } from '../../ledger/ledger.ts';
import type { WorkerDeps } from '../context.ts';
import { type Receipts, bundleOf } from '../receipts.ts';
import { createSerial } from '../serial.ts';

/** What sealing is handed. */
interface Sealing extends Pick<WorkerDeps, 'receiptText'> {
  ledger: Ledger;
  clock: Clock;
  holder: Holder;
  receipts: Receipts;
}

/**
 * Puts receipt and checksums beside the files of those requests that have ended, unless they are
 * there, and answers with all that have ended. One after the other: two steps of one request may end
 * in the same moment.
 */
export function createSealer(
  sealing: Sealing,
): (requestIds: readonly string[]) => Promise<readonly Brief[]> {
  const inTurn = createSerial();
  return async (requestIds) => {
    const all = await sealing.ledger.brief(requestIds);
    const ended = all.filter(({ finishedAt }) => finishedAt !== null);
    for (const { id, sealed } of ended) if (!sealed) await inTurn(() => sealOne(id, sealing));
    return ended;
  };
}

/** A request that another process has taken over is left to it. */
async function sealOne(
  id: string,
  { ledger, clock, holder, receipts, receiptText }: Sealing,
): Promise<void> {
  const [brief] = await ledger.brief([id]);
  if (brief === undefined || brief.sealed || brief.finishedAt === null) return;
  const [ours] = await ledger.take([id], holder, clock.now());
  const made = ours === undefined ? null : await receipts.of(brief);
  const bundle = made === null ? null : bundleOf(made.request);
  if (made === null || bundle === null) return;
  const { request, receipt } = made;
  await sealBundle(
    bundle,
    { json: `${JSON.stringify(receipt, null, 2)}\n`, text: `${receiptText(receipt)}\n` },
    request.steps.flatMap((step) => step.artifacts),
  );
  try {
    await ledger.seal(holder.token, id);
  } catch (thrown) {
    if (!(thrown instanceof LeaseLost)) throw thrown;
  }
}

import { GdprError } from '../../errors.ts';
import { bundlePath, sealBundle } from '../../files/bundle.ts';
import type { Clock } from '../../host/host.ts';
import { type Brief, type Holder, LeaseLost, type Ledger } from '../../ledger/ledger.ts';
import { type Receipt, receiptOf } from '../../requests/receipt.ts';
import type { Request } from '../../requests/request.ts';
import type { WorkerDeps } from '../context.ts';
import { createSerial } from '../reservations.ts';

/** A request as the ledger has it, its chain of events verified, and the receipt made of it. */
export interface RequestReceipt {
  request: Request;
  receipt: Receipt;
}

/** So many of those that have ended are kept; the others are made again where they are needed. */
const KEPT = 500;

/** Makes receipts from the ledger: each once, for as long as nothing more is recorded of its request. */
export function createReceipts(ledger: Pick<Ledger, 'request'>) {
  const kept = new Map<string, RequestReceipt>();
  return {
    /** Null: there is no such request. Throws GdprError `ledger` where its record is broken. */
    async of({ id, head }: Pick<Brief, 'id' | 'head'>): Promise<RequestReceipt | null> {
      const known = kept.get(id);
      if (known?.request.ledger.head === head) return known;
      const request = await ledger.request(id);
      if (request === null) return null;
      const made = { request, receipt: receiptOf(request, bundleOf(request)) };
      if (request.finishedAt !== null && (known !== undefined || kept.size < KEPT)) {
        kept.set(id, made);
      }
      return made;
    },
  };
}
export type Receipts = ReturnType<typeof createReceipts>;

/** The folder of a request's bundle; null: its action makes no files. */
export function bundleOf({ id, outDir }: Pick<Request, 'id' | 'outDir'>): string | null {
  return outDir === null ? null : bundlePath(outDir, id);
}

/** What is read of a request, or what is wrong with its record. */
export async function orBroken<T>(id: string, reading: Promise<T>): Promise<T | GdprError> {
  try {
    return await reading;
  } catch (thrown) {
    if (thrown instanceof GdprError && thrown.requestIds.includes(id)) return thrown;
    throw thrown;
  }
}

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

import { GdprError } from '../errors.ts';
import { bundlePath } from '../files/bundle.ts';
import type { Brief, Ledger } from '../ledger/ledger.ts';
import { type Receipt, receiptOf } from '../requests/receipt.ts';
import type { Request } from '../requests/request.ts';

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

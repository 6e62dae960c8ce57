import { GdprError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Request } from '../requests/request.ts';

/**
 * Reads requests one by one, each one's chain of events verified. `broken` is the error for those
 * whose record does not agree with its events, to be thrown once the others have had their due.
 */
export async function readVerified(
  ids: Iterable<string>,
  ledger: Ledger,
): Promise<{ requests: Request[]; broken: GdprError | null }> {
  const requests: Request[] = [];
  let broken: GdprError | null = null;
  for (const id of new Set(ids)) {
    try {
      const request = await ledger.request(id);
      if (request !== null) requests.push(request);
    } catch (thrown) {
      if (!(thrown instanceof GdprError && thrown.requestIds.includes(id))) throw thrown;
      broken = joined(broken, thrown);
    }
  }
  return { requests, broken };
}

/** One error for the broken records of both. */
export function joined(before: GdprError | null, next: GdprError): GdprError {
  if (before === null) return next;
  return new GdprError('ledger', `${before.message}\n${next.message}`, {
    next: next.next,
    requestIds: [...before.requestIds, ...next.requestIds],
    cause: next,
  });
}

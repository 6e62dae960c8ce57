import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import { quoteId } from '../requests/ids.ts';
import type { Request } from '../requests/request.ts';

/** The requests of these ids, each once. Throws GdprError `unknown_request` when one is not there. */
export async function namedRequests(ids: readonly string[], app: App): Promise<readonly Request[]> {
  const ledger = await app.ledger();
  const requests: Request[] = [];
  const unknown: string[] = [];
  for (const id of new Set(ids)) {
    const request = await ledger.request(id);
    if (request === null) unknown.push(id);
    else requests.push(request);
  }
  if (unknown.length === 0) return requests;
  throw new GdprError('unknown_request', `No such request: ${unknown.map(quoteId).join(', ')}.`, {
    next: 'Nothing was done. See what there is: gdpr status --all',
    requestIds: [],
  });
}

import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import { type Holder, LeaseLost, type Ledger } from '../../ledger/ledger.ts';
import { quoteId } from '../../requests/ids.ts';
import type { Receipt } from '../../requests/receipt.ts';
import type { Request } from '../../requests/request.ts';
import { createReceipts, createSealer, orBroken } from '../../worker/jobs/seal.ts';
import { bundledText } from './output.ts';

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
  if (unknown.length > 0) throw noSuch(unknown);
  return requests;
}

/** The same of one. */
export async function namedRequest(id: string, app: App): Promise<Request> {
  const request = await (await app.ledger()).request(id);
  if (request === null) throw noSuch([id]);
  return request;
}

function noSuch(ids: readonly string[]): GdprError {
  return new GdprError('unknown_request', `No such request: ${ids.map(quoteId).join(', ')}.`, {
    next: 'Nothing was done. See what there is: gdpr status --all',
    requestIds: [],
  });
}

/** Who holds what this process takes from now on. */
export function newHolder({ host }: App): Holder {
  return { token: host.newId(), process: host.process };
}

/**
 * Takes requests for as long as `task` lasts. Throws GdprError `guard` for one that another process
 * works on, or whose calls serve a request that it works on.
 */
export async function holding<T>(
  ids: readonly string[],
  app: App,
  task: (holder: Holder) => Promise<T>,
): Promise<T> {
  const { host } = app;
  const ledger = await app.ledger();
  const holder = newHolder(app);
  try {
    const taken = await ledger.take(ids, holder, host.clock.now());
    const missing = ids.filter((id) => !taken.includes(id));
    if (missing.length > 0) {
      const now = host.clock.now();
      throw heldElsewhere(missing, await ledger.heldByOthers(missing, holder.token, now));
    }
    return await task(holder);
  } catch (thrown) {
    if (!(thrown instanceof LeaseLost)) throw thrown;
    throw new GdprError('guard', 'Stopped: another gdpr has taken the request over.', {
      next: 'What was done until then is recorded. See: gdpr status',
      requestIds: ids,
      cause: thrown,
    });
  } finally {
    await ledger.release(holder);
  }
}

/** Throws GdprError `guard` for requests that another process works on at this moment. */
export async function requireFree(ids: readonly string[], app: App): Promise<void> {
  const held = await (await app.ledger()).heldByOthers(ids, '', app.host.clock.now());
  if (held.length > 0) throw heldElsewhere(ids, held);
}

function heldElsewhere(
  ids: readonly string[],
  held: Awaited<ReturnType<Ledger['heldByOthers']>>,
): GdprError {
  const who = held.map(
    ({ requestId, process }) => `${requestId} (process ${process.pid} on ${process.host})`,
  );
  const message =
    who.length === 0
      ? `Refused: another gdpr works on requests that share a call with ${ids.join(', ')}.`
      : `Refused: another gdpr works on it: ${who.join(', ')}.`;
  return new GdprError('guard', message, {
    next: 'Nothing was done. Stop it there (Ctrl-C; nothing is lost), or wait for its end.',
    requestIds: ids,
  });
}

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
    const request = await orBroken(id, ledger.request(id));
    if (request instanceof GdprError) broken = bothErrors(broken, request);
    else if (request !== null) requests.push(request);
  }
  return { requests, broken };
}

/** One error for the broken records of both. */
export function bothErrors(before: GdprError | null, next: GdprError): GdprError {
  if (before === null) return next;
  return new GdprError('ledger', `${before.message}\n${next.message}`, {
    next: next.next,
    requestIds: [...before.requestIds, ...next.requestIds],
    cause: next,
  });
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

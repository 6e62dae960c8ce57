import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { Gates } from '../gates.ts';
import type { VendorName } from '../operations.ts';
import type { Vendor, World } from '../vendor.ts';
import type { CallRecord, RequestLog } from './request-log.ts';

/** What the routes work with. */
export interface ServerContext extends World {
  gates: Gates;
  log: RequestLog;
  vendors: Readonly<Record<VendorName, Vendor>>;
  /** What a test can change in a file after a break, and sizes that were measured once. */
  shelf: { revisions: Map<string, number>; sizes: Map<string, number> };
}

export type SandboxContext = Context<{ Bindings: HttpBindings }>;

/**
 * One HTTP exchange: its raw two sides, and what it is about, for faults and the log. Answers are
 * written here and not returned to hono, because faults must cut, shorten and hold them.
 */
export interface Visit extends CallRecord {
  context: ServerContext;
  vendor: Vendor;
  /** Scopes for faults. */
  labels: readonly string[];
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** Aborts when the connection closed before the answer was complete. */
  gone: AbortSignal;
}

/** An exchange that has just come in, about nobody yet. */
export function visitOf(
  context: ServerContext,
  provider: VendorName,
  operation: string,
  http: SandboxContext,
): Visit {
  const { incoming, outgoing } = http.env;
  const controller = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  return {
    context,
    provider,
    vendor: context.vendors[provider],
    operation,
    labels: [operation, provider],
    ids: [],
    taskId: null,
    method: http.req.method,
    url: incoming.url ?? '',
    at: context.options.clock.now(),
    incoming,
    outgoing,
    gone: controller.signal,
  };
}

/** What a route returns once the answer was written (or cut) by hand. */
export const handled = RESPONSE_ALREADY_SENT;

export const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

/** Sends a whole answer. */
export function writeAnswer(
  { outgoing }: Visit,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
  outgoing.end(body);
}

/** Resets the connection, as a dying host does (RST). */
export function reset({ outgoing }: Visit): void {
  outgoing.socket?.resetAndDestroy();
}

/** Closes the connection without an answer (FIN). */
export function hangUp({ outgoing }: Visit): void {
  outgoing.socket?.destroy();
}

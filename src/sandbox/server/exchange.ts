import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { Gates } from '../gates.ts';
import type { VendorName } from '../operations.ts';
import type { Vendor } from '../vendor.ts';
import type { World } from '../world.ts';
import type { RequestLog } from './request-log.ts';

/** What the routes work with. */
export interface ServerContext extends World {
  gates: Gates;
  log: RequestLog;
  vendors: Readonly<Record<VendorName, Vendor>>;
}

export type SandboxContext = Context<{ Bindings: HttpBindings }>;

/**
 * The raw two sides of one HTTP exchange. Answers are written here and not returned to hono,
 * because faults must cut, shorten and hold them.
 */
export interface RawExchange {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** Path and query as they came. */
  url: string;
  /** Aborts when the connection closed before the answer was complete. */
  gone: AbortSignal;
}

export function exchangeOf(context: SandboxContext): RawExchange {
  const { incoming, outgoing } = context.env;
  const controller = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  return { incoming, outgoing, url: incoming.url ?? '', gone: controller.signal };
}

/** What a route returns once the answer was written (or cut) by hand. */
export const handled = RESPONSE_ALREADY_SENT;

/** Sends a whole answer. */
export function send(
  { outgoing }: RawExchange,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
  outgoing.end(body);
}

export const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

/** Resets the connection, as a dying host does (RST). */
export function reset({ outgoing }: RawExchange): void {
  outgoing.socket?.resetAndDestroy();
}

/** Closes the connection without an answer (FIN). */
export function hangUp({ outgoing }: RawExchange): void {
  outgoing.socket?.destroy();
}

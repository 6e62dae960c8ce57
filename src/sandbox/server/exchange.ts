import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';

export type SandboxContext = Context<{ Bindings: HttpBindings }>;

/**
 * The raw two sides of one HTTP exchange. Answers are written here and not returned to hono,
 * because faults must cut, shorten and hold them.
 */
export interface Exchange {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** Aborts when the connection closed before the answer was complete. */
  gone: AbortSignal;
}

export function exchangeOf(context: SandboxContext): Exchange {
  const { incoming, outgoing } = context.env;
  const controller = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  return { incoming, outgoing, gone: controller.signal };
}

/** What a route returns once the answer was written (or cut) by hand. */
export const handled = RESPONSE_ALREADY_SENT;

/** Sends a whole answer. */
export function send(
  { outgoing }: Exchange,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
  outgoing.end(body);
}

/** Resets the connection, as a dying host does (RST). */
export function reset({ outgoing }: Exchange): void {
  outgoing.socket?.resetAndDestroy();
}

/** Closes the connection without an answer (FIN). */
export function hangUp({ outgoing }: Exchange): void {
  outgoing.socket?.destroy();
}

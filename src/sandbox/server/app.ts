import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Control } from '../control.ts';
import { sendbirdOperations, streamOperations } from '../operations.ts';
import type { Provider } from '../provider.ts';
import type { ServerContext } from './context.ts';
import { controlRoutes } from './control-routes.ts';
import { type SandboxContext, exchangeOf, handled, send } from './exchange.ts';
import { serveCall } from './serve-call.ts';
import { serveDownload } from './serve-download.ts';
import type { FileShelf } from './serve-file.ts';

/** All routes of the sandbox. */
export function createApp(
  context: ServerContext,
  control: Control,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const shelf: FileShelf = { revisions: new Map(), sizes: new Map() };

  // A link is signed for GET alone, and no endpoint is documented for HEAD.
  app.use('*', async (c, next) => {
    if (c.req.method === 'HEAD') return c.body(null, 403);
    await next();
    return undefined;
  });
  for (const { name, method, path } of streamOperations) {
    app.on(method, path, (c) => serveCall(context, 'stream', name, c));
  }
  app.post('/v3/privacy/gdpr', (c) => serveCall(context, 'sendbird', 'registerGdpr', c));
  for (const { name, method, path } of sendbirdOperations) {
    if (method !== 'POST') app.on(method, path, (c) => serveCall(context, 'sendbird', name, c));
  }
  for (const provider of ['stream', 'sendbird'] as const) {
    app.get(`/files/${provider}/*`, (c) => serveDownload(context, shelf, provider, c));
  }
  app.route('/sandbox', controlRoutes(control));
  app.all('/api/*', (c) => unknownPath(context, 'stream', c));
  app.all('/v3/*', (c) => unknownPath(context, 'sendbird', c));
  return app;
}

function unknownPath(context: ServerContext, provider: Provider, http: SandboxContext): Response {
  const exchange = exchangeOf(http);
  const { method } = http.req;
  const refusal = context.vendors[provider].refusals.noSuchPath(http.req.path);
  const at = context.world.options.clock.now();
  const url = exchange.incoming.url ?? '';
  const record = { provider, operation: 'unknown', method, url, at, ids: [], taskId: null };
  context.log.write(record, refusal.status, null);
  const type = { 'Content-Type': 'application/json; charset=utf-8' };
  send(exchange, refusal.status, type, JSON.stringify({ ...refusal.body, duration: '0.00ms' }));
  return handled;
}

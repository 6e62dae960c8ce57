import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Control } from '../control.ts';
import { type VendorName, endpoints } from '../operations.ts';
import { controlRoutes } from './control-routes.ts';
import { serveCall } from './serve-call.ts';
import { serveDownload } from './serve-download.ts';
import {
  JSON_TYPE,
  type SandboxContext,
  type ServerContext,
  handled,
  visitOf,
  writeAnswer,
} from './visit.ts';

/** All routes of the sandbox. */
export function createRoutes(context: ServerContext, control: Control) {
  const app = new Hono<{ Bindings: HttpBindings }>();

  // A link is signed for GET alone, and no endpoint is documented for HEAD.
  app.use('*', async (c, next) => {
    if (c.req.method === 'HEAD') return c.body(null, 403);
    await next();
    return undefined;
  });
  // Of two operations with one route the first serves both: the body tells them apart.
  for (const { provider, name, method, path } of endpoints) {
    app.on(method, path, (c) => serveCall(context, provider, name, c));
  }
  for (const provider of ['stream', 'sendbird'] as const) {
    app.get(`/files/${provider}/*`, (c) => serveDownload(context, provider, c));
  }
  app.route('/sandbox', controlRoutes(control));
  app.all('/api/*', (c) => unknownPath(context, 'stream', c));
  app.all('/v3/*', (c) => unknownPath(context, 'sendbird', c));
  return app;
}

function unknownPath(context: ServerContext, provider: VendorName, http: SandboxContext): Response {
  const visit = visitOf(context, provider, 'unknown', http);
  const { status, body } = visit.vendor.refusals.noSuchPath(http.req.path);
  context.log.write(visit, status, null);
  writeAnswer(visit, status, JSON_TYPE, JSON.stringify({ ...body, duration: '0.00ms' }));
  return handled;
}

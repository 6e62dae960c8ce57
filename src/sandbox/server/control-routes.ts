import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Control } from '../control.ts';
import { faultTable, scopesOf } from '../faults/table.ts';

const faultsBody = z.array(z.string());
const scopeBody = z.object({ scope: z.string().nullish() });
const activeBody = z.object({ active: z.boolean() });
const provider = z.enum(['stream', 'sendbird']);

/**
 * The control surface over HTTP, for tests in other processes. Not logged, not limited, and no
 * credentials: it listens on loopback only.
 */
export function controlRoutes(control: Control) {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/', (c) => c.json({ faults: faultTable.map((f) => ({ ...f, scopes: scopesOf(f) })) }));
  app.get('/faults', (c) => c.json(control.faults()));
  app.put('/faults', async (c) => {
    control.setFaults(faultsBody.parse(await c.req.json()));
    return c.json(control.faults());
  });
  app.post('/faults', async (c) => {
    for (const fault of faultsBody.parse(await c.req.json())) control.addFault(fault);
    return c.json(control.faults());
  });
  app.delete('/faults', (c) => {
    control.setFaults([]);
    return c.json([]);
  });
  app.get('/gates', (c) => c.json(control.held()));
  app.get('/gates/wait', async (c) => {
    const count = Number(c.req.query('count') ?? 1);
    return c.json(await control.waitForHeld(c.req.query('scope') ?? null, count));
  });
  app.post('/gates/open', async (c) => c.json({ opened: control.open(await scopeOf(c)) }));
  app.post('/gates/release', async (c) => c.json({ released: control.release(await scopeOf(c)) }));
  app.get('/ids-at-both', (c) => c.json(control.idsAtBoth(Number(c.req.query('count') ?? 100))));
  app.get('/users/:provider', (c) =>
    c.json(control.changed(provider.parse(c.req.param('provider')))),
  );
  app.get('/users/:provider/:id', (c) =>
    c.json(control.user(provider.parse(c.req.param('provider')), c.req.param('id'))),
  );
  app.put('/users/:provider/:id', async (c) => {
    const { active } = activeBody.parse(await c.req.json());
    control.setActive(provider.parse(c.req.param('provider')), c.req.param('id'), active);
    return c.json({ active });
  });
  app.get('/tasks', (c) => c.json(control.tasks()));
  app.get('/counts', (c) => c.json(control.counts()));
  app.onError((error, c) => c.json({ error: error.message }, 400));
  return app;
}

async function scopeOf(c: Context): Promise<string | null> {
  return scopeBody.parse(await c.req.json().catch(() => ({}))).scope ?? null;
}

import { createHttp } from '../../src/http/http.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { createSendbird } from '../../src/providers/sendbird/adapter.ts';
import { serve } from '../http/server.ts';
import { testClock } from '../http/test-clock.ts';
import { freePace } from './paces.ts';
import { source } from './stage.ts';

/** A Sendbird whose answers a test makes, and the adapter pointed at it. */
export interface Answering {
  sendbird: Provider;
  /** `METHOD path` of each request that arrived. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** `answer` is given the URL asked for and its number, from 1; a body with `error` goes as HTTP 400. */
export async function answering(answer: (url: URL, count: number) => unknown): Promise<Answering> {
  const server = await serve((request, response, count) => {
    const body = answer(new URL(request.url ?? '', 'http://x'), count);
    const failed = typeof body === 'object' && body !== null && 'error' in body;
    response.writeHead(failed ? 400 : 200).end(JSON.stringify(body));
  });
  const clock = testClock();
  const http = createHttp({ clock, random: () => 0.5, scale: 1 });
  const account = { applicationId: 'APP', apiToken: source('t'), origin: server.origin };
  return {
    sendbird: createSendbird(account, {
      http,
      rateLimiter: freePace(),
      clock,
      agent: 'gdpr-test',
      start: 60,
    }),
    requests: server.requests,
    async close() {
      await http.close();
      await server.close();
    },
  };
}

import type { Clock } from '../host/host.ts';
import { createConnections, createDeadlines } from './connections.ts';
import { type ApiAnswer, failure } from './exchange.ts';
import type { Http } from './http.ts';
import { CALL_LIMIT, sendOnce } from './send.ts';
import { traceLine } from './trace.ts';

interface ProbeDeps {
  clock: Clock;
  /** Told one line a call, for `--verbose`. */
  verbose?: (line: string) => void;
  /** Told every answer, with the instants (ms) between which it was made. */
  observe: (answer: ApiAnswer, asked: number, answered: number) => void;
}

/** A door for checks: every call is tried once, whatever it comes to, and nothing is downloaded. */
export function createProbe({ clock, verbose, observe }: ProbeDeps): Http {
  const connections = createConnections();
  const deadlines = createDeadlines(clock, CALL_LIMIT);
  return {
    async call(call, manners, signal) {
      const [asked, start] = [clock.now(), clock.monotonic()];
      const exchange = await sendOnce(call, { connections, deadlines }, signal);
      verbose?.(traceLine(call, exchange, clock.monotonic() - start));
      if (exchange.kind === 'answer') {
        manners.hear(exchange.answer);
        observe(exchange.answer, asked, clock.now());
      }
      return exchange;
    },
    openDownload: async () => ({
      kind: 'unusable',
      error: failure('unusable_file', 'a check downloads nothing'),
    }),
    async close() {
      deadlines.close();
      await connections.destroy();
    },
  };
}

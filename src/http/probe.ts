import { type ApiAnswer, failure } from './exchange.ts';
import { type Http, type HttpDeps, createSender } from './http.ts';

interface ProbeDeps extends Pick<HttpDeps, 'clock' | 'verbose'> {
  /** Told every answer, with the instants (ms) between which it was made. */
  observe: (answer: ApiAnswer, asked: number, answered: number) => void;
}

/** A door for checks: every call is tried once, whatever it comes to, and nothing is downloaded. */
export function createProbe({ observe, ...deps }: ProbeDeps): Http {
  const { send, close } = createSender(deps);
  return {
    async call(call, manners, signal) {
      const asked = deps.clock.now();
      const exchange = await send(call, signal);
      if (exchange.kind === 'answer') {
        manners.hear(exchange.answer);
        observe(exchange.answer, asked, deps.clock.now());
      }
      return exchange;
    },
    openDownload: async () => ({
      kind: 'unusable',
      error: failure('unusable_file', 'a check downloads nothing'),
    }),
    close,
  };
}

/** How far this machine's clock is ahead of another's, ms; negative: behind. The truth lies between. */
export interface Skew {
  least: number;
  most: number;
}

/** RFC 9110 section 5.6.7: the only form that a server may send. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How far this clock is ahead, from the `Date` of an answer that was made between two of our
 * instants (ms); null: it has none that can be read. The header is cut to whole seconds.
 */
export function skewOf(date: string | undefined, asked: number, answered: number): Skew | null {
  if (date === undefined || !HTTP_DATE.test(date)) return null;
  const told = Date.parse(date);
  if (Number.isNaN(told)) return null;
  return { least: asked - told - 1_000, most: answered - told };
}

/** The one that says more exactly. */
export function narrower(one: Skew | null, other: Skew | null): Skew | null {
  if (one === null || other === null) return one ?? other;
  return other.most - other.least < one.most - one.least ? other : one;
}

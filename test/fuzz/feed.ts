import type { ApiAnswer, Exchange } from '../../src/http/exchange.ts';
import type { Http } from '../../src/http/http.ts';
import { openDownload } from '../../src/http/open-download.ts';
import { repeat } from '../../src/http/retry.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { createSendbird } from '../../src/providers/sendbird/adapter.ts';
import { createStream } from '../../src/providers/stream/adapter.ts';
import { createRateLimiter } from '../../src/worker/rate-limiter.ts';
import { createChance } from '../chaos/chance.ts';
import { testClock } from '../http/test-clock.ts';
import { source } from '../providers/stage.ts';
import { questionOf } from './asked.ts';
import { type Recorded, recordedAnswers } from './corpus.ts';
import { feedFile } from './files.ts';
import { mutated } from './mutate.ts';
import { faultsOf } from './verdict.ts';

const CORPUS = { stream: recordedAnswers('stream'), sendbird: recordedAnswers('sendbird') };

const SECRET = 'c0ffee-secret-of-the-app';

/** More questions than this about one thing have no end. */
const MOST_ASKED = 5_000;

/** From this one on the answers are all the same. */
const MOST_ANSWERS = 30;

/** One case: what was asked, and what is wrong with how it ended; empty: nothing. */
export interface Fed {
  name: string;
  faults: readonly string[];
}

/** Plays the case of a seed: one question, and for each call an answer that somebody has spoilt. */
export async function feed(seed: number): Promise<Fed> {
  const chance = createChance(seed);
  if (chance.is(0.15)) return { name: 'a file', faults: await feedFile(chance) };
  const name = chance.pick(['stream', 'sendbird'] as const);
  const corpus = CORPUS[name];
  const about = chance.pick(corpus);
  const answers: ApiAnswer[] = [];
  const clock = testClock();
  const provider = adapter(name, SECRET, clock, () => {
    if (answers.length > MOST_ASKED) throw new Error('it asks without end');
    const last = answers.at(-1);
    if (last !== undefined && answers.length >= MOST_ANSWERS) {
      answers.push(last);
      return { kind: 'answer', answer: last };
    }
    const recorded = chance.is(0.7) ? about : chance.pick(corpus);
    const { status, headers, text } = mutated(recorded, corpus, chance);
    const echoed = chance.is(0.1) ? withSecret(text, SECRET) : text;
    answers.push({ status, headers, text: echoed });
    return chance.is(0.02)
      ? { kind: 'lost', reason: 'connection broken off' }
      : { kind: 'answer', answer: { status, headers, text: echoed } };
  });
  const asked = questionOf(provider, taskIdOf(about), chance);
  try {
    const result = await asked.ask();
    return {
      name: asked.name,
      faults: faultsOf(result, { asked, now: clock.now(), answers, secrets: [SECRET] }),
    };
  } catch (thrown) {
    const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { name: asked.name, faults: [`thrown: ${what}`] };
  }
}

const random = (): number => 0.5;

function adapter(
  name: 'stream' | 'sendbird',
  secret: string,
  clock: ReturnType<typeof testClock>,
  next: () => Exchange,
): Provider {
  const http: Http = {
    call: (call, manners, signal) =>
      repeat(call, manners, signal, {
        clock,
        random,
        scale: 1,
        async send() {
          await call.headers();
          return next();
        },
      }),
    openDownload: (link, signal) =>
      openDownload(link, signal, {
        clock,
        random,
        scale: 1,
        request: async () => ({ kind: 'failed', reason: 'no files here' }),
      }),
    close: async () => undefined,
  };
  const deps = {
    http,
    rateLimiter: createRateLimiter(clock, 0.8),
    clock,
    agent: 'gdpr-fuzz',
    start: 1_000,
  };
  const origin = 'https://api.test';
  return name === 'stream'
    ? createStream({ apiKey: 'key', apiSecret: source(secret), origin }, deps)
    : createSendbird({ applicationId: 'APP', apiToken: source(secret), origin }, deps);
}

/** The answer quotes what it was called with, wherever it has words. */
function withSecret(text: string, secret: string): string {
  return text.replaceAll('words', secret).replaceAll('"message":"', `"message":"${secret} `);
}

/** The task that a recorded answer is about, so that what comes after its check is reached too. */
function taskIdOf({ value }: Recorded): string {
  for (const key of ['task_id', 'request_id']) {
    const id: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
    if (typeof id === 'string' && /^[\w-]+$/.test(id)) return id;
  }
  return 'T';
}

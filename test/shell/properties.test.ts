import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRIES } from '../../src/host/backoff.ts';
import { harmless } from '../../src/host/system-output.ts';
import { createRedactor } from '../../src/http/redaction.ts';
import {
  CALL_BUDGET,
  TOLD_BUDGET,
  type Tried,
  nextPause,
  retryAfter,
} from '../../src/http/retry.ts';
import * as ofSendbird from '../../src/providers/sendbird/rate-limit.ts';
import * as ofStream from '../../src/providers/stream/rate-limit.ts';
import { planErase } from '../../src/requests/plan/erase.ts';
import { order } from '../../src/requests/plan/order.ts';
import { type ExportTarget, idAt, planExport } from '../../src/requests/plan/plan.ts';
import type { PlannedRequest, Step, Subject } from '../../src/requests/request.ts';
import { Secret } from '../../src/secret.ts';
import { CircuitBreaker } from '../../src/worker/circuit-breaker.ts';
import { createRateLimiter } from '../../src/worker/rate-limiter.ts';
import { SENDBIRD, STREAM, T0, fault, step } from '../requests/make.ts';
import { EVIL, OBEYED } from './hostile.ts';

const DAY = 86_400_000;

/** Numbers as headers have them, and whatever else somebody may send. */
const header = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom('-1', 'NaN', 'Infinity', '1e99', '0', '9'.repeat(15), '9'.repeat(40), '', ' 5 '),
  fc.constantFrom('100;w=60', '5;w=0', '7, 8', '0x10', '١٢', 'Fri, 31 Dec 9999 23:59:59 GMT'),
  fc.string({ maxLength: 20 }),
);
const answer = fc
  .record({
    status: fc.constantFrom(200, 400, 429, 503),
    limit: header,
    remaining: header,
    reset: header,
    retry: header,
    told: header,
  })
  .map(({ status, limit, remaining, reset, retry, told }) => ({
    status,
    text: '',
    headers: {
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': reset,
      'x-ratelimit-retryafter': told,
      'retry-after': retry,
    },
  }));

describe('retry', () => {
  test('any series of answers ends within its tries and budgets, and only reads are repeated', () => {
    const said = fc.record({
      transient: fc.boolean(),
      retryAt: fc.option(fc.integer({ min: -DAY, max: 365 * DAY }).map((ms) => T0 + ms)),
    });
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'DELETE'),
        fc.boolean(),
        fc.array(fc.tuple(said, fc.nat(40_000)), { minLength: 10, maxLength: 10 }),
        fc.double({ min: 0.001, max: 1_000, noNaN: true }),
        (method, reads, answers, scale) => {
          const tried: Tried = { tries: 0, refused: 0, told: 0, spent: 0 };
          for (const [heard, took] of answers) {
            tried.tries += 1;
            tried.spent += took;
            const moment = { now: T0, random: 0.5, scale };
            const pause = nextPause({ method, reads }, tried, heard, moment);
            if (pause === null) break;
            expect(method === 'GET' || reads).toBe(true);
            expect(pause.wait).toBeGreaterThanOrEqual(0);
            tried.spent += pause.wait;
            if (pause.told) tried.told += pause.wait;
            expect(tried.told).toBeLessThanOrEqual(TOLD_BUDGET);
            expect(tried.spent).toBeLessThanOrEqual(CALL_BUDGET);
          }
          expect(tried.tries).toBeLessThanOrEqual(TRIES);
        },
      ),
    );
  });

  test('an instant that a provider tells is none, or within a day', () => {
    fc.assert(
      fc.property(answer, (told) => {
        const instants = [
          retryAfter(told.headers['retry-after'], T0),
          ofStream.retryAt(told, T0),
          ofSendbird.retryAt(told, T0),
        ];
        for (const at of instants) {
          expect(at === null || (Number.isFinite(at) && at <= T0 + DAY)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('whatever was told, a run waits no longer than five minutes, and never back in time', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.maxSafeInteger()), { minLength: 1 }), (told) => {
        const health = new CircuitBreaker(
          () => T0,
          () => 0.5,
          2_000,
        );
        for (const at of told) {
          const next = health.refused('sendbird', fault('rate_limited'), at);
          expect(Number.isInteger(next)).toBe(true);
          expect(next).toBeLessThanOrEqual(T0 + 300_000);
        }
      }),
    );
  });
});

describe('limits', () => {
  test('what headers tell is a limit that makes sense, or none', () => {
    fc.assert(
      fc.property(answer, (told) => {
        for (const limit of [ofStream.rateLimit(told, T0), ofSendbird.rateLimit(told, T0)]) {
          if (limit === null) continue;
          for (const each of [limit.limit, limit.remaining, limit.window, limit.resetAt]) {
            expect(Number.isFinite(each)).toBe(true);
          }
          expect(limit.limit).toBeGreaterThan(0);
          expect(limit.remaining).toBeGreaterThanOrEqual(0);
          expect(limit.remaining).toBeLessThanOrEqual(limit.limit);
          expect(limit.resetAt).toBeGreaterThanOrEqual(T0);
          expect(limit.resetAt).toBeLessThanOrEqual(T0 + limit.window);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a lane always opens again, in the end, whatever it has learnt', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(answer, fc.maxSafeInteger()), { minLength: 1 }), (told) => {
        let now = T0;
        const clock = {
          now: () => now,
          monotonic: () => now,
          sleep: async () => {},
          turn: async () => {},
        };
        const limiter = createRateLimiter(clock, 0.8).limiter('lane', {
          limit: 60,
          window: 60_000,
          perSecond: null,
        });
        for (const [each, until] of told) {
          const limit = ofSendbird.rateLimit(each, now);
          if (limit !== null) limiter.learn(limit);
          limiter.refused(limit, until);
        }
        let turns = 0;
        for (let at = limiter.admit(); at !== null; at = limiter.admit()) {
          expect(at).toBeGreaterThan(now);
          now = at;
          turns += 1;
          expect(turns).toBeLessThan(4);
        }
      }),
    );
  });
});

/** Whoever may go, goes and ends well; that must set all of them free. */
function canEnd(planned: readonly Step[]): boolean {
  let steps = [...planned];
  for (let round = 0; round <= planned.length; round += 1) {
    const patches = new Map(
      order({ steps, acceptPartial: false }, T0).map((each) => [each.id, each.patch]),
    );
    steps = steps.map((each) => ({ ...each, ...patches.get(each.id) }));
    steps = steps.map((each) =>
      each.blocked || each.finishedAt !== null
        ? each
        : { ...each, state: 'succeeded', finishedAt: T0 },
    );
  }
  return steps.every(({ state }) => state === 'succeeded');
}

/** What in the requests is not about the very subject of each, by the id of each provider. */
function strangeness(
  requests: readonly PlannedRequest[],
  subjects: readonly Subject[],
): readonly string[] {
  const steps = requests.flatMap((each) => each.steps);
  const ids = new Set([...requests, ...steps].map(({ id }) => id));
  const isOwn = requests.every(({ subject }, at) => subject === subjects[at]);
  const strangers = requests.flatMap(({ subject, steps: own }) =>
    own.filter(({ subjectId, provider }) => subjectId !== idAt(subject, provider)),
  );
  const unasked = requests.flatMap(({ subject, steps: own }) =>
    (['stream', 'sendbird'] as const).filter(
      (name) => own.some(({ provider }) => provider === name) !== (idAt(subject, name) !== null),
    ),
  );
  return [
    ...(isOwn && requests.length === subjects.length ? [] : ['other subjects']),
    ...(ids.size === requests.length + steps.length ? [] : ['an id twice']),
    ...strangers.map(({ id }) => `${id} is about somebody else`),
    ...unasked.map((name) => `${name} is left out, or asked for nothing`),
  ];
}

describe('plan', () => {
  const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  const subject: fc.Arbitrary<Subject> = fc.record({
    userId: id,
    streamId: fc.option(id),
    sendbirdId: fc.option(id),
  });
  const targets: readonly ExportTarget[] = [
    { provider: 'stream', account: STREAM, operations: ['export_feeds', 'export_users'] },
    { provider: 'sendbird', account: SENDBIRD, operations: ['access'] },
  ];
  const details = {
    reference: null,
    profile: 'default',
    operator: 'jane',
    receivedOn: '2026-11-20',
    dueOn: '2026-12-21',
    outDir: '/srv/out',
  };

  test('an export asks each provider for the subject, all of it, and for nobody else', () => {
    fc.assert(
      fc.property(fc.array(subject, { maxLength: 5 }), (subjects) => {
        let ids = 0;
        const { requests } = planExport(subjects, targets, details, () => String((ids += 1)));
        expect(strangeness(requests, subjects)).toEqual([]);
      }),
    );
  });

  test('an erase deletes the subject and nobody else, in an order that can finish', () => {
    fc.assert(
      fc.property(
        fc.array(subject, { maxLength: 5 }),
        fc.constantFrom('soft', 'pruning', 'hard'),
        fc.boolean(),
        (subjects, mode, exportFirst) => {
          let ids = 0;
          const stream = { user: mode, messages: mode } as const;
          const wish = {
            subjects,
            targets,
            mode,
            stream,
            exportFirst,
            details,
            channels: 'do_not_delete' as const,
            acceptPartial: false,
          };
          const { requests } = planErase(wish, { sightings: new Map(), earlier: () => null }, () =>
            String((ids += 1)),
          );
          expect(strangeness(requests, subjects)).toEqual([]);
          for (const { steps } of requests) {
            expect(canEnd(steps.map((each) => step(each)))).toBe(true);
          }
        },
      ),
    );
  });
});

describe('words', () => {
  const SECRET = 's3cret-of-the-app';
  const piece = fc.oneof(
    fc.constantFrom(...EVIL.split('words ')),
    fc.constantFrom(SECRET, encodeURIComponent(SECRET), '\u001B[31m', '\u001B[0m', ' ', '\u200B'),
    fc.constantFrom('https://x.test/?a=1', 'eyJhbGciOiJ9.eyJzIjoxfQ.c2ln', 'api_key=', 'token: '),
    fc.constantFrom(...SECRET.split('')),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );

  test('of a provider come out in one short line without what is obeyed or secret', () => {
    const redactor = createRedactor();
    redactor.hide(new Secret(SECRET));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const words = redactor.clean(pieces.join(''));
        expect(words).not.toMatch(OBEYED);
        expect(words).not.toMatch(/[\n\t]/);
        expect(words).not.toContain(SECRET);
        expect(words).not.toContain('eyJhbGciOiJ9.eyJzIjoxfQ');
        expect(words).not.toContain('://');
        expect(Array.from(words).length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a secret with colours in the middle is one', () => {
    const redactor = createRedactor();
    redactor.hide(new Secret(SECRET));
    expect(redactor.clean(`${SECRET.slice(0, 5)}\u001B[31m${SECRET.slice(5)}`)).toBe('[secret]');
  });

  test('any document passes the last door as it is, and nothing of it is obeyed', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = harmless(JSON.stringify(value));
        expect(text.replaceAll(/\p{Cc}\[\d{1,2}m/gu, '')).not.toMatch(OBEYED);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });
});

import { PassThrough, Writable } from 'node:stream';
import { setImmediate } from 'node:timers';
import type { Clock, Host, Output } from '../../src/host/host.ts';

interface Sleeper {
  due: number;
  order: number;
  wake(): void;
}

/** A clock that moves only when somebody sleeps, and then straight to the earliest due time. */
export interface FakeClock extends Clock {
  /** Every pause that was asked for, in the order of asking, ms. */
  readonly pauses: readonly number[];
  /** Moves the time on without waking anybody. */
  advance(ms: number): void;
}

/** An output that keeps what was written. */
interface FakeOutput extends Output {
  readonly text: string;
}

export interface FakeHost extends Host {
  readonly clock: FakeClock;
  readonly stdout: FakeOutput;
  readonly stderr: FakeOutput;
  /** As a signal would: aborts `stop` with the exit code as the reason (default 130). */
  interrupt(code?: number): void;
}

const START = Date.UTC(2026, 10, 20, 9);

/**
 * The clock of `fakeHost`. A sleeper is woken once the turn of the event loop is over, so that
 * everything that can still run does so first; earliest due time first, then first come.
 */
export function fakeClock(start = START): FakeClock {
  const sleepers: Sleeper[] = [];
  const pauses: number[] = [];
  let time = start;
  let order = 0;
  let scheduled = false;

  const schedule = (): void => {
    if (scheduled || sleepers.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      sleepers.sort((a, b) => a.due - b.due || a.order - b.order);
      const next = sleepers.shift();
      if (next !== undefined) {
        time = Math.max(time, next.due);
        next.wake();
      }
      schedule();
    });
  };

  return {
    pauses,
    now: () => time,
    monotonic: () => time - start,
    advance: (ms) => {
      time += ms;
    },
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    sleep: (ms, signal) => {
      pauses.push(ms);
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper: Sleeper = {
          due: time + Math.max(0, ms),
          order: (order += 1),
          wake: () => {
            signal?.removeEventListener('abort', leave);
            resolve();
          },
        };
        const leave = (): void => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          resolve();
        };
        signal?.addEventListener('abort', leave, { once: true });
        sleepers.push(sleeper);
        schedule();
      });
    },
  };
}

function fakeOutput(): FakeOutput {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      parts.push(chunk.toString());
      done();
    },
  });
  return {
    write: (text) => {
      parts.push(text);
    },
    fault: null,
    isTTY: false,
    isSized: false,
    columns: 80,
    stream,
    get text() {
      return parts.join('');
    },
  };
}

/**
 * A world for unit tests: fixed time, fixed randomness (0.5), counted ids, kept output, an empty
 * environment, nobody else alive. Any part can be replaced.
 */
export function fakeHost(overrides: Partial<FakeHost> = {}): FakeHost {
  const stop = new AbortController();
  let ids = 0;
  return {
    cwd: '/work',
    env: {},
    home: '/people/jane',
    user: 'jane',
    uid: 1000,
    node: '24.15.0',
    stdout: fakeOutput(),
    stderr: fakeOutput(),
    stdin: { isTTY: false, stream: new PassThrough(), onContinued: () => () => {} },
    clock: fakeClock(),
    random: () => 0.5,
    newId: () => `01K5Y0${String((ids += 1)).padStart(20, '0')}`,
    process: { host: 'desk', boot: 'boot-1', pid: 4242, started: '1000' },
    isAlive: () => false,
    stop: stop.signal,
    interrupt: (code = 130) => stop.abort(code),
    ...overrides,
  };
}

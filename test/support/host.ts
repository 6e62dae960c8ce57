import { EventEmitter, once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import type { Host, Output } from '../../src/host/host.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** An output that keeps what was written. */
export interface FakeOutput extends Omit<Output, 'write'> {
  write: (text: string) => void;
  readonly text: string;
  /** Resolves once this holds for what was written. */
  until: (holds: (text: string) => boolean) => Promise<void>;
}

export interface FakeHost extends Host {
  readonly clock: VirtualClock;
  readonly stdout: FakeOutput;
  readonly stderr: FakeOutput;
  /** As a signal would: aborts `stop` with the exit code as the reason (default 130). */
  interrupt(code?: number): void;
}

/** An output that is no terminal. */
export function fakeOutput(): FakeOutput {
  const parts: string[] = [];
  const written = new EventEmitter();
  const write = (text: string): void => {
    parts.push(text);
    written.emit('text');
  };
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      write(chunk.toString());
      done();
    },
  });
  return {
    write,
    async until(holds) {
      while (!holds(parts.join(''))) await once(written, 'text');
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
    clock: virtualClock(),
    random: () => 0.5,
    newId: () => `01K5Y0${String((ids += 1)).padStart(20, '0')}`,
    process: { host: 'desk', boot: 'boot-1', pid: 4242, started: '1000' },
    isAlive: () => false,
    stop: stop.signal,
    interrupt: (code = 130) => stop.abort(code),
    ...overrides,
  };
}

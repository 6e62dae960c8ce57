import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { type FakeOutput, fakeOutput } from '../support/host.ts';
import { CTRL_C, CTRL_D, type Terminal } from './pty.ts';
import type { VirtualStage } from './stage.ts';

/** What Node's terminal streams can do beside writing. */
function terminalStream(write: (text: string) => void): Writable {
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      write(chunk.toString());
      done();
    },
  });
  return Object.assign(stream, {
    isTTY: true,
    columns: 80,
    cursorTo: (x: number) => cursorTo(stream, x),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
    moveCursor: (x: number, y: number) => moveCursor(stream, x, y),
  });
}

/**
 * Starts `gdpr` in this process at what it takes for a terminal of 80 columns: no job control, and
 * at a dumb one Ctrl-C and Ctrl-D do what the system's line discipline makes of them.
 */
export function openConsole(
  stage: VirtualStage,
  args: readonly string[],
  { kind = 'xterm' }: { kind?: string } = {},
): Pick<Terminal, 'text' | 'raw' | 'type' | 'ended' | 'waitFor'> {
  const shown = fakeOutput();
  const stream = terminalStream(shown.write);
  const screen: FakeOutput = {
    ...shown,
    isTTY: true,
    isSized: true,
    stream,
    get text() {
      return shown.text;
    },
  };
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keys });
  const running = stage.start(args, {
    env: { ...stage.env, TERM: kind },
    host: {
      stdin: { isTTY: true, stream: keys, onContinued: () => () => {} },
      stdout: screen,
      stderr: screen,
    },
  });
  const text = (): string => stripVTControlCharacters(shown.text).replaceAll('\r', '');
  const ended = running.then(({ exitCode }) => exitCode);
  return {
    raw: () => shown.text,
    text,
    ended,
    async waitFor(wanted) {
      const isThere = (): boolean => text().includes(wanted);
      await Promise.race([shown.until(isThere), ended]);
      if (!isThere()) throw new Error(`it ended without "${wanted}": ${text()}`);
    },
    type(typed) {
      if (kind !== 'dumb') keys.write(typed);
      else if (typed === CTRL_C) running.kill('SIGINT');
      else if (typed === CTRL_D) keys.end();
      else keys.write(typed.replaceAll('\r', '\n'));
    },
  };
}

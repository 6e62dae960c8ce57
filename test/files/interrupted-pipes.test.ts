import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { tempFolder } from './stage.ts';

const SRC = join(import.meta.dirname, '../../src');

/** A process as `bin` sets it up, that says `ready` before it waits for a pipe. */
function waiting(work: string, path: string) {
  const code = `
    const { systemHost } = await import(${JSON.stringify(join(SRC, 'host/system-host.ts'))});
    const { csvFile } = await import(${JSON.stringify(join(SRC, 'files/csv/source.ts'))});
    const { clock, stop } = systemHost({ exit: (code) => process.exit(code) });
    const path = process.argv[1];
    const ready = { sleep: (...args) => (process.stdout.write('ready\\n'), clock.sleep(...args)) };
    ${work}`;
  return execa(process.execPath, ['--input-type=module', '-e', code, path], { reject: false });
}

function pipe(): string {
  const path = join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

test('the first Ctrl-C ends the waiting for a pipe that nobody writes to', async () => {
  const running = waiting(
    `try { for await (const _ of csvFile(path, path, ready).open(stop)); }
     catch (thrown) { process.exitCode = thrown; }`,
    pipe(),
  );
  running.stdout?.once('data', () => running.kill('SIGINT'));
  expect((await running).exitCode).toBe(130);
});

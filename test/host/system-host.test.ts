import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { systemHost } from '../../src/host/system-host.ts';

const HOST = new URL('../../src/host/system-host.ts', import.meta.url).href;

/** Runs a script in a process of its own, with `host` at hand. */
function run(script: string, env: Record<string, string> = {}) {
  const whole = `import { systemHost } from '${HOST}';
const host = systemHost({ exit: (code) => process.exit(code) });
${script}`;
  return execa(process.execPath, ['--input-type=module', '-e', whole], { reject: false, env });
}

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s aborts with its exit code, and the work may end in its own time',
    async (signal, code) => {
      const child = run(`
      const keep = setInterval(() => {}, 1000);
      host.stop.addEventListener('abort', () => { clearInterval(keep); process.exitCode = host.stop.reason; console.log('ended in order'); });
      console.log('ready');`);
      child.stdout.once('data', () => child.kill(signal));
      const { exitCode, stdout } = await child;
      expect(exitCode).toBe(code);
      expect(stdout).toBe('ready\nended in order');
    },
  );

  it('leaves at once at the second', async () => {
    const child = run(`
      setInterval(() => {}, 1000);
      host.stop.addEventListener('abort', () => console.log('first'));
      console.log('ready');`);
    child.stdout.on('data', () => child.kill('SIGINT'));
    expect(await child).toMatchObject({ exitCode: 130, stdout: 'ready\nfirst' });
  });

  it('do not keep a process alive that has nothing to do', async () => {
    expect(await run('host.stop;')).toMatchObject({ exitCode: 0 });
  });
});

describe('output', () => {
  it('goes on silently when the reader has gone, and keeps the exit code', async () => {
    const child = run(`
      host.stdout.write('first\\n');
      process.stdin.once('end', async () => {
        for (let i = 0; i < 100; i += 1) { host.stdout.write('x'.repeat(100000)); await host.clock.turn(); }
        host.stderr.write('still at work');
        process.exitCode = 7;
      }).resume();`);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.once('close', () => child.stdin.end());
    child.stdout.destroy();
    expect(await child).toMatchObject({ exitCode: 7, stderr: 'still at work' });
  });

  it('remembers any other fault, and does not break off the work', async () => {
    const { exitCode, stderr } = await run(
      `host.stdout.stream.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }));
      host.stdout.write('lost');
      host.stderr.write(String(host.stdout.fault));`,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'full' });
  });
});

describe('the clock', () => {
  const { clock } = systemHost({ exit: () => expect.unreachable() });

  it('ends a sleep at an abort, before or during it', async () => {
    await clock.sleep(2 ** 40, AbortSignal.abort());
    const stop = new AbortController();
    const asleep = clock.sleep(Number.POSITIVE_INFINITY, stop.signal);
    stop.abort();
    await expect(asleep).resolves.toBeUndefined();
  });

  it('sleeps no shorter than asked', async () => {
    const start = clock.monotonic();
    await clock.sleep(5);
    expect(clock.monotonic() - start).toBeGreaterThanOrEqual(5);
    await clock.sleep(0);
    await clock.sleep(-1);
    await clock.turn();
  });

  it('takes any number of sleepers on one signal without a warning', async () => {
    const { stderr } = await run(`
      const stop = new AbortController();
      const all = Array.from({ length: 500 }, () => host.clock.sleep(1e9, stop.signal));
      stop.abort(); await Promise.all(all);
      const more = Array.from({ length: 500 }, () => host.clock.sleep(1e9, host.stop));
      process.kill(process.pid, 'SIGINT'); await Promise.all(more);`);
    expect(stderr).toBe('');
  });
});

it('makes ids that rise within a millisecond', async () => {
  const { stdout } = await run(
    `console.log(JSON.stringify(Array.from({ length: 1000 }, () => host.newId())))`,
  );
  const ids: string[] = JSON.parse(stdout);
  expect(ids).toEqual([...new Set(ids)].toSorted());
  expect(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true);
});

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { isAlive, ownIdentity, startInStat } from '../../src/host/system-process.ts';

const own = ownIdentity();

describe('isAlive', () => {
  it('knows itself, and nobody who only shares the pid', () => {
    expect(isAlive(own, own)).toBe(true);
    expect(isAlive({ ...own, started: `${own.started}1` }, own)).toBe(false);
    expect(isAlive({ ...own, boot: 'another' }, own)).toBe(false);
  });

  it('does not judge another host', () => {
    expect(isAlive({ ...own, host: 'elsewhere', pid: 1 }, own)).toBe(true);
  });

  it('tells a living child from a killed one, by what the child says of itself', async () => {
    const url = new URL('../../src/host/system-process.ts', import.meta.url).href;
    const script = `import {ownIdentity} from '${url}'; console.log(JSON.stringify(ownIdentity())); process.stdin.resume();`;
    const child = execa(process.execPath, ['--input-type=module', '-e', script], { reject: false });
    const line = await new Promise<string>((resolve) => {
      child.stdout.once('data', (data: Buffer) => resolve(data.toString()));
    });
    const identity = JSON.parse(line);
    expect(identity).toMatchObject({ host: own.host, boot: own.boot });
    expect(isAlive(identity, own)).toBe(true);
    child.kill('SIGKILL');
    await child;
    expect(isAlive(identity, own)).toBe(false);
  });
});

describe('startInStat', () => {
  const rest = Array.from({ length: 40 }, (_, index) => String(index + 4)).join(' ');

  it.each(['node', 'a b', 'a) S 1 2', '((', ')', ') Z 1'])(
    'survives a process named %j',
    (name) => {
      expect(startInStat(`42 (${name}) S ${rest}`)).toBe('22');
    },
  );

  it('takes a zombie for dead', () => {
    expect(startInStat(`42 (node) Z ${rest}`)).toBeNull();
  });
});

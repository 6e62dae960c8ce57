import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/gdpr.ts', import.meta.url));

/** Makes the process believe that it is another version of Node. */
function pretend(version: string): string {
  const script = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

it.each(['20.20.2', '22.99.0', '24.14.1', '18.0.0'])(
  'refuses Node %s in a clear sentence',
  async (version) => {
    const result = await execa(process.execPath, ['--import', pretend(version), BIN, '--version'], {
      reject: false,
    });
    expect(result).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `gdpr needs Node 24.15 or newer, and this is Node ${version}. Nothing was sent.`,
    });
  },
);

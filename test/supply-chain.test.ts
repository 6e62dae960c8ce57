import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import lock from '../package-lock.json' with { type: 'json' };

interface Locked {
  license?: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  devOptional?: boolean;
}

const ALLOWED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'PSF-2.0',
  '(ISC AND CC-BY-3.0)',
  'Unlicense',
]);
const packages = Object.entries<Locked>(lock.packages).flatMap(([path, locked]) =>
  path === '' ? [] : [{ name: path.replace(/^.*node_modules\//, ''), ...locked }],
);
const shipped = packages.filter(({ dev, devOptional }) => dev !== true && devOptional !== true);

describe('what is installed', () => {
  test('is pinned by its content, and no host is named', () => {
    expect(packages.length).toBeGreaterThan(50);
    expect(packages.filter(({ integrity }) => integrity === undefined)).toEqual([]);
    expect(packages.filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  test('runs no script of its own but that of the runtime', () => {
    const scripts = packages.filter(({ hasInstallScript }) => hasInstallScript === true);
    expect(scripts.map(({ name }) => name)).toEqual(['node']);
  });

  test('may be used and passed on: README lists what users get, by licence', async () => {
    const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
    const byLicence = Map.groupBy(shipped, ({ license }) => license ?? 'none');
    expect([...byLicence.keys()].filter((licence) => !ALLOWED.has(licence))).toEqual([]);
    for (const [licence, those] of byLicence) {
      const names = [...new Set(those.map(({ name }) => name))].toSorted();
      expect(readme).toContain(`- ${licence}: ${names.join(', ')}.`);
    }
  });
});

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import facts from '../package.json' with { type: 'json' };
import { PLACE, byLicence, packages, thirdParty } from './third-party.ts';

const ALLOWED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'PSF-2.0',
  '(ISC AND CC-BY-3.0)',
  'Unlicense',
]);

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

  test('may be used and passed on', () => {
    expect([...byLicence.keys()].filter((licence) => !ALLOWED.has(licence))).toEqual([]);
  });

  test('is listed in THIRD-PARTY.md by licence: npm run third-party writes it', async () => {
    const written = await readFile(PLACE, 'utf8');
    expect(written).toBe(thirdParty());
    for (const name of Object.keys(facts.dependencies)) expect(written).toContain(`- ${name} `);
  });
});

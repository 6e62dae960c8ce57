import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundlePath, prepareOutDir, sealBundle } from '../../src/files/bundle.ts';
import type { Artifact } from '../../src/requests/request.ts';
import { listing, store, tempFolder } from './stage.ts';
import { zipOf } from './zips.ts';

const PAPERS = { json: '{"schema":"gdpr-receipt/1"}\n', text: 'Receipt  req_1 é\n' };

async function bundleWithFiles(): Promise<{ bundle: string; artifacts: Artifact[] }> {
  const bundle = bundlePath(tempFolder(), 'req_1');
  const stored = [
    await store(bundle, '{"type":"user"}\n'),
    await store(bundle, '{"a":[1]}', { path: 'stream/feeds', prefer: 'json' }),
    await store(bundle, await zipOf({ 'a.json': '{}' }), { path: 'sendbird/access' }),
  ];
  return {
    bundle,
    artifacts: stored.flatMap((one) => (one.kind === 'stored' ? [one.artifact] : [])),
  };
}

describe('sealing a bundle', () => {
  it('makes sums that sha256sum accepts, over everything in it', async () => {
    const { bundle, artifacts } = await bundleWithFiles();
    await sealBundle(bundle, PAPERS, artifacts);
    const checked = execFileSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], {
      cwd: bundle,
      encoding: 'utf8',
    });
    expect(checked.trim().split('\n')).toEqual([
      'receipt.json: OK',
      'receipt.txt: OK',
      'sendbird/access.zip: OK',
      'stream/feeds.json: OK',
      'stream/users.jsonl: OK',
    ]);
    expect(listing(bundle)).toEqual([
      'SHA256SUMS',
      'receipt.json',
      'receipt.txt',
      'sendbird',
      'sendbird/access.zip',
      'stream',
      'stream/feeds.json',
      'stream/users.jsonl',
    ]);
    for (const name of ['SHA256SUMS', 'receipt.json', 'receipt.txt']) {
      expect(statSync(join(bundle, name)).mode & 0o7777).toBe(0o600);
    }
    expect(readFileSync(join(bundle, 'receipt.txt'), 'utf8')).toBe(PAPERS.text);
  });

  it('may be repeated, with the same end', async () => {
    const { bundle, artifacts } = await bundleWithFiles();
    await sealBundle(bundle, PAPERS, artifacts);
    const first = readFileSync(join(bundle, 'SHA256SUMS'), 'utf8');
    writeFileSync(
      join(bundle, '.receipt.json.0f0e0d0c-0b0a-4908-8706-050403020100.part'),
      'left by a crash',
    );
    await sealBundle(bundle, PAPERS, artifacts.toReversed());
    expect(readFileSync(join(bundle, 'SHA256SUMS'), 'utf8')).toBe(first);
    expect(listing(bundle)).not.toContain(
      '.receipt.json.0f0e0d0c-0b0a-4908-8706-050403020100.part',
    );
  });

  it('takes the sums from the receipt, so that a file changed since shows', async () => {
    const { bundle, artifacts } = await bundleWithFiles();
    writeFileSync(join(bundle, 'stream/feeds.json'), '{"a":[2]}');
    await sealBundle(bundle, PAPERS, artifacts);
    const checked = spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: bundle, encoding: 'utf8' });
    expect(checked.status).toBe(1);
    expect(checked.stdout).toContain('stream/feeds.json: FAILED');
  });

  it('stands also without any file', async () => {
    const bundle = bundlePath(tempFolder(), 'req_1');
    await sealBundle(bundle, PAPERS, []);
    expect(listing(bundle)).toEqual(['SHA256SUMS', 'receipt.json', 'receipt.txt']);
    expect(statSync(bundle).mode & 0o7777).toBe(0o700);
  });

  it.each([
    ['missing', (path: string) => rmSync(path), /feeds\.json is missing/v],
    ['shorter', (path: string) => writeFileSync(path, '{}'), /2 bytes, 9 were received/v],
    [
      'a link',
      (path: string) => {
        rmSync(path);
        symlinkSync('/etc/hostname', path);
      },
      /feeds\.json is missing/v,
    ],
  ])('is refused when a file is %s, and nothing is written', async (_name, spoil, words) => {
    const { bundle, artifacts } = await bundleWithFiles();
    spoil(join(bundle, 'stream/feeds.json'));
    await expect(sealBundle(bundle, PAPERS, artifacts)).rejects.toMatchObject({
      fault: 'storage',
      message: expect.stringMatching(words),
    });
    expect(listing(bundle)).not.toContain('SHA256SUMS');
    expect(listing(bundle)).not.toContain('receipt.json');
  });

  it('does not count files behind a linked folder', async () => {
    const { bundle, artifacts } = await bundleWithFiles();
    const elsewhere = join(tempFolder(), 'stream');
    renameSync(join(bundle, 'stream'), elsewhere);
    symlinkSync(elsewhere, join(bundle, 'stream'));
    await expect(sealBundle(bundle, PAPERS, artifacts)).rejects.toMatchObject({ fault: 'storage' });
    expect(listing(bundle)).not.toContain('SHA256SUMS');
  });

  it('does not write through a link', async () => {
    const { bundle, artifacts } = await bundleWithFiles();
    const elsewhere = join(tempFolder(), 'kept');
    writeFileSync(elsewhere, 'kept');
    symlinkSync(elsewhere, join(bundle, 'receipt.json'));
    await expect(sealBundle(bundle, PAPERS, artifacts)).rejects.toMatchObject({ fault: 'storage' });
    expect(readFileSync(elsewhere, 'utf8')).toBe('kept');
  });
});

describe('the folder for bundles', () => {
  it.each([true, false])('is made, private and ignored by git (default: %s)', async (isDefault) => {
    const outDir = join(tempFolder(), 'deep/exports');
    await prepareOutDir(outDir, { isDefault });
    await prepareOutDir(outDir, { isDefault });
    expect(statSync(outDir).mode & 0o7777).toBe(0o700);
    expect(readFileSync(join(outDir, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it("is left alone when it is the operator's own", async () => {
    const outDir = tempFolder();
    chmodSync(outDir, 0o755);
    await prepareOutDir(outDir, { isDefault: false });
    expect(listing(outDir)).toEqual([]);
    expect(statSync(outDir).mode & 0o7777).toBe(0o755);
  });

  it('gets a .gitignore when it is the default, unless it has one', async () => {
    const outDir = tempFolder();
    await prepareOutDir(outDir, { isDefault: true });
    expect(readFileSync(join(outDir, '.gitignore'), 'utf8')).toBe('*\n');
    writeFileSync(join(outDir, '.gitignore'), 'mine\n');
    await prepareOutDir(outDir, { isDefault: true });
    expect(readFileSync(join(outDir, '.gitignore'), 'utf8')).toBe('mine\n');
  });

  it.each([
    ['a file', (path: string) => writeFileSync(path, ''), 'exports', /not a folder/v],
    [
      'below a file',
      (path: string) => writeFileSync(path, ''),
      'exports/deeper',
      /file stands where/v,
    ],
    [
      'a link to nothing',
      (path: string) => symlinkSync('/nowhere/at/all', path),
      'exports',
      /exports: /v,
    ],
    [
      'on a disk that takes nothing',
      (path: string) => mkdirSync(path),
      '../../proc/self/exports',
      /Cannot put files/v,
    ],
  ])('is refused where it is %s', async (_name, spoil, name, words) => {
    const folder = tempFolder();
    spoil(join(folder, 'exports'));
    await expect(prepareOutDir(join(folder, name), { isDefault: false })).rejects.toMatchObject({
      fault: 'usage',
      exit: 2,
      message: expect.stringMatching(words),
      next: expect.stringContaining('Nothing was sent'),
    });
  });
});

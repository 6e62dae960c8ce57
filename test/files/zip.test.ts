import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeArtifact } from '../../src/files/artifact.ts';
import { QUIET, body, codeOf, listing, store, target, tempFolder } from './stage.ts';
import { flipped, records, renamed, zipOf } from './zips.ts';

const FILES = { 'user.json': '{"id":"ada"}', 'messages/m1.json': `[${'"hello",'.repeat(400)}1]` };

async function verdict(zip: Buffer): Promise<string> {
  const bundle = join(tempFolder(), 'b');
  const code = codeOf(await store(bundle, zip, { path: 'access', prefer: 'zip' }));
  expect(listing(bundle)).toEqual(code === 'stored' ? ['access.zip'] : []);
  return code;
}

describe('a zip', () => {
  it.each([true, false])('that is whole is stored (packed: %s)', async (compress) => {
    expect(await verdict(await zipOf(FILES, compress))).toBe('stored');
  });

  it.each([true, false])(
    'is refused wherever its data is damaged (packed: %s)',
    async (compress) => {
      const zip = await zipOf(FILES, compress);
      const { central } = records(zip);
      const data = 30 + 'user.json'.length;
      for (let at = data; at < data + 12; at += 1) {
        expect(await verdict(flipped(zip, at)), `byte ${at}`).not.toBe('stored');
      }
      expect(await verdict(flipped(zip, central - 40))).toBe('file_zip_corrupt');
    },
  );

  it('survives any byte being wrong: it is stored or refused, and nothing escapes', async () => {
    const zip = await zipOf({ 'a.json': '{"a":1}', 'b/': '', 'b/c.json': 'x'.repeat(200) });
    const codes = new Set<string>();
    for (let at = 0; at < zip.length; at += 1) {
      for (const mask of [0xff, 0x01, 0x80]) codes.add(await verdict(flipped(zip, at, mask)));
    }
    expect(codes).toContain('file_zip_corrupt');
    expect(codes).toContain('file_zip_encrypted');
    for (const code of codes) expect(code).toMatch(/^(?:stored|file_unknown|file_zip_\w+)$/v);
  }, 60_000);

  it('is refused wherever it is cut', async () => {
    const zip = await zipOf(FILES);
    for (let length = 2; length < zip.length; length += 7) {
      expect(await verdict(zip.subarray(0, length)), `${length} bytes`).toBe('file_zip_corrupt');
    }
  });

  it('is refused with anything behind its end', async () => {
    const zip = await zipOf(FILES);
    expect(await verdict(Buffer.concat([zip, Buffer.from('<html>')]))).toBe('file_zip_corrupt');
  });

  it('that says it has fewer entries than there are is refused', async () => {
    const zip = await zipOf(FILES);
    const { end } = records(zip);
    zip.writeUInt16LE(1, end + 8);
    zip.writeUInt16LE(1, end + 10);
    expect(await verdict(zip)).toBe('file_zip_corrupt');
  });

  it('whose CRC alone is wrong is refused', async () => {
    const zip = await zipOf(FILES);
    expect(await verdict(flipped(zip, records(zip).central + 16))).toBe('file_zip_corrupt');
  });

  it('whose two names for an entry differ is refused', async () => {
    const zip = await zipOf(FILES);
    expect(await verdict(flipped(zip, 30, 0x01))).toBe('file_zip_corrupt');
  });

  it.each([
    ['../../../evil.json', 'file_zip_unsafe'],
    ['/etc/passwd.json!!', 'file_zip_unsafe'],
    ['C:/windows/sys.jso', 'file_zip_unsafe'],
    ['..\\..\\windows.json', 'file_zip_unsafe'],
    ['a/b/../../../c.json', 'file_zip_unsafe'],
  ])('that holds the path %s is refused', async (name, code) => {
    const zip = await zipOf({ 'a.json': '{}', ['x'.repeat(name.length)]: '{}' });
    expect(await verdict(renamed(zip, 'x'.repeat(name.length), name))).toBe(code);
  });

  it('without files is refused', async () => {
    expect(await verdict(await zipOf({ 'a/': '', 'b/': '' }))).toBe('file_zip_empty');
    expect(await verdict(await zipOf({}))).toBe('file_zip_empty');
  });

  it('packed by a method that cannot be checked is refused', async () => {
    const zip = await zipOf(FILES);
    zip.writeUInt16LE(12, records(zip).central + 10);
    expect(await verdict(zip)).toBe('file_zip_unsupported');
  });

  it('that says it has millions of entries is refused before they are read', async () => {
    const zip = await zipOf(FILES);
    const { end } = records(zip);
    const wide = Buffer.alloc(56 + 20);
    wide.writeUInt32LE(0x06064b50, 0);
    wide.writeBigUInt64LE(44n, 4);
    wide.writeBigUInt64LE(2_000_000n, 24);
    wide.writeBigUInt64LE(2_000_000n, 32);
    wide.writeBigUInt64LE(BigInt(records(zip).central), 48);
    wide.writeUInt32LE(0x07064b50, 56);
    wide.writeBigUInt64LE(BigInt(end), 64);
    expect(await verdict(Buffer.concat([zip.subarray(0, end), wide, zip.subarray(end)]))).toBe(
      'file_zip_bomb',
    );
  });

  it('that unpacks to absurdly more than it holds is refused', async () => {
    expect(await verdict(await zipOf({ 'zeros.json': Buffer.alloc(101_000_000) }))).toBe(
      'file_zip_bomb',
    );
  });

  it('that packs well, but not absurdly, is stored', async () => {
    expect(await verdict(await zipOf({ 'zeros.json': Buffer.alloc(9_000_000) }))).toBe('stored');
  });

  it('is left, and nothing of it, when the run is stopped while it is checked', async () => {
    const zip = await zipOf(FILES);
    const bundle = join(tempFolder(), 'b');
    const stop = new AbortController();
    async function* stopping(): AsyncGenerator<Uint8Array, void, undefined> {
      yield* body(zip);
      stop.abort(new Error('stopped'));
    }
    await expect(storeArtifact(target(bundle), stopping(), null, stop.signal)).rejects.toThrow(
      'stopped',
    );
    expect(listing(bundle)).toEqual(['stream']);
    expect(codeOf(await storeArtifact(target(bundle), body(zip), zip.length, QUIET))).toBe(
      'stored',
    );
  });
});

import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { storeArtifact } from '../../src/files/artifact.ts';
import { checkZip } from '../../src/files/content/zip.ts';
import { QUIET, body, codeOf, listing, store, target, tempFolder } from '../files/stage.ts';

async function verdict(zip: Buffer): Promise<string> {
  const bundle = join(tempFolder(), 'b');
  const code = codeOf(await store(bundle, zip, { path: 'access', prefer: 'zip' }));
  expect(listing(bundle)).toEqual(code === 'stored' ? ['access.zip'] : []);
  return code;
}

function modeZip(mode: number): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('/etc/passwd'), 'messages.json', { mode });
  zip.end();
  return buffer(zip.outputStream);
}

function manyZip(count: number, content = '{}'): Promise<Buffer> {
  const zip = new ZipFile();
  for (let at = 0; at < count; at += 1) {
    zip.addBuffer(Buffer.from(content), `m/${at}.json`, { compress: false });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** One entry's bytes under many names in the directory; `says`: the length that is told. */
function sharedZip(count: number, content: Buffer, says = content.length): Buffer {
  const packed = deflateRawSync(content, { level: 9 });
  const name = Buffer.from('a.json');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  for (const [header, at] of [
    [local, 4],
    [central, 6],
  ] as const) {
    header.writeUInt16LE(20, at);
    header.writeUInt16LE(8, at + 4);
    header.writeUInt32LE(crc32(content), at + 10);
    header.writeUInt32LE(packed.length, at + 14);
    header.writeUInt32LE(says, at + 18);
    header.writeUInt16LE(name.length, at + 22);
  }
  const directory = Buffer.concat(Array.from({ length: count }, () => [central, name]).flat());
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, directory, end]);
}

describe('what is in a zip', () => {
  test.each([
    ['a symbolic link', 0o120_777, 'file_zip_unsafe'],
    ['a device', 0o020_666, 'file_zip_unsafe'],
    ['a pipe', 0o010_666, 'file_zip_unsafe'],
    ['a socket', 0o140_666, 'file_zip_unsafe'],
    ['a file', 0o100_644, 'stored'],
    ['a file that may be run', 0o100_755, 'stored'],
    ['a thing without a type', 0, 'stored'],
  ])('%s', async (_, mode, code) => {
    expect(await verdict(await modeZip(mode))).toBe(code);
  });

  test('tens of thousands of files are counted, in memory of constant size', async () => {
    const zip = await manyZip(20_000);
    const bundle = join(tempFolder(), 'b');
    expect(await store(bundle, zip, { path: 'access' })).toMatchObject({
      kind: 'stored',
      artifact: { records: 20_000 },
    });
  });

  test.each(['', '{}'])(
    'the check of them ends as soon as the run is stopped (%j)',
    async (content) => {
      const file = join(tempFolder(), 'many.zip');
      const zip = await manyZip(50, content);
      writeFileSync(file, zip);
      const fd = openSync(file, 'r');
      const reason = new Error('stopped');
      await expect(checkZip(fd, zip.length, AbortSignal.abort(reason))).rejects.toBe(reason);
      closeSync(fd);
    },
  );
});

describe('a bomb', () => {
  test('whose entries share their bytes is refused before it is unpacked again and again', async () => {
    const bundle = join(tempFolder(), 'b');
    const stored = await store(bundle, sharedZip(60_000, Buffer.alloc(900_000)));
    expect(stored).toMatchObject({
      kind: 'bad',
      error: { code: 'file_zip_bomb', message: expect.stringContaining('the same bytes') },
    });
    expect(listing(bundle)).toEqual(['stream']);
  });

  test('of one entry that is named once is what it is', async () => {
    expect(await verdict(sharedZip(1, Buffer.alloc(900_000)))).toBe('stored');
  });

  test.each([0, 1, 899_999, 900_001, 0xfffffffe])(
    'that says it unpacks to %i bytes, and does to 900,000',
    async (says) => {
      const code = await verdict(sharedZip(1, Buffer.alloc(900_000), says));
      expect(['file_zip_corrupt', 'file_zip_bomb']).toContain(code);
    },
  );

  test('in zips within zips is a file like any other: nothing in it is unpacked', async () => {
    const inner = sharedZip(1, Buffer.alloc(90_000_000));
    const zip = new ZipFile();
    zip.addBuffer(inner, 'inner.zip');
    zip.end();
    expect(await verdict(await buffer(zip.outputStream))).toBe('stored');
  });
});

test('a body that is stopped while the zip comes leaves nothing', async () => {
  const bundle = join(tempFolder(), 'b');
  const stored = storeArtifact(target(bundle), body(await manyZip(10)), 5, QUIET);
  expect(codeOf(await stored)).toBe('file_long');
  expect(listing(bundle)).toEqual(['stream']);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { storeArtifact } from '../../src/files/artifact.ts';
import { QUIET, body, listing, store, target, tempFolder } from './stage.ts';

const BEFORE = '{"whole":1}';
const BIG = `{"type":"user","id":"${'x'.repeat(1_000)}"}\n`.repeat(2_000);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Whether this machine lets a test mount a small disk (root in a container, usually). */
function canMount(): boolean {
  const folder = tempFolder();
  const mounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]).status === 0;
  if (mounted) execFileSync('umount', [folder]);
  return mounted;
}

function onSmallDisk(options: string): string {
  const folder = tempFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  return folder;
}

async function handlePrototype(): Promise<FileHandle> {
  const handle = await open('/dev/null');
  await handle.close();
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  return prototype;
}

type Write = (this: FileHandle, bytes: Buffer, from: number, length: number, at: number) => unknown;

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: something, write`), { code, syscall: 'write' });
}

describe('a disk that gives way', () => {
  it.each([
    ['write', 'ENOSPC', /disk is full/v],
    ['write', 'EIO', /disk reports a fault/v],
    ['sync', 'EIO', /disk reports a fault/v],
    ['sync', 'EDQUOT', /quota/v],
  ] as const)('%s %s', async (method, code, words) => {
    const bundle = join(tempFolder(), 'b');
    await store(bundle, BEFORE, { prefer: 'json' });
    vi.spyOn(await handlePrototype(), method).mockRejectedValue(systemError(code));
    const stored = store(bundle, BIG);
    await expect(stored).rejects.toMatchObject({
      name: 'GdprError',
      fault: 'storage',
      exit: 8,
      message: expect.stringMatching(words),
      next: expect.stringContaining('Nothing that looks whole was left'),
    });
    expect(listing(bundle)).toEqual(['stream', 'stream/users.json']);
    expect(readFileSync(join(bundle, 'stream/users.json'), 'utf8')).toBe(BEFORE);
  });

  it('writes on where the system took only part of a block', async () => {
    const bundle = join(tempFolder(), 'b');
    const prototype = await handlePrototype();
    const whole: Write = Reflect.get(prototype, 'write');
    let calls = 0;
    vi.spyOn(prototype, 'write');
    Reflect.set(
      prototype,
      'write',
      function partly(this: FileHandle, bytes: Buffer, from: number, length: number, at: number) {
        calls += 1;
        return whole.call(this, bytes, from, Math.min(length, 1_000), at);
      },
    );
    await store(bundle, BIG);
    expect(calls).toBeGreaterThan(BIG.length / 1_000);
    expect(readFileSync(join(bundle, 'stream/users.jsonl'), 'utf8')).toBe(BIG);
  });

  it.runIf(canMount())('a real disk that is full, and one that is read-only', async () => {
    const disk = onSmallDisk('size=1m');
    try {
      const bundle = join(disk, 'b');
      await store(bundle, BEFORE, { prefer: 'json' });
      await expect(store(bundle, BIG)).rejects.toMatchObject({
        fault: 'storage',
        message: expect.stringContaining('the disk is full'),
      });
      expect(listing(bundle)).toEqual(['stream', 'stream/users.json']);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await expect(store(bundle, BEFORE)).rejects.toMatchObject({
        fault: 'storage',
        message: expect.stringContaining('read-only'),
      });
      expect(listing(bundle)).toEqual(['stream', 'stream/users.json']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('what stands in the way', () => {
  it.each([
    ['the bundle', 'b'],
    ['a folder in it', 'b/stream'],
    ['the file', 'b/stream/users.jsonl'],
    ['the file under another extension', 'b/stream/users.zip'],
  ])('a symbolic link for %s is refused', async (_name, link) => {
    const folder = tempFolder();
    const elsewhere = tempFolder();
    writeFileSync(join(elsewhere, 'kept'), 'kept');
    mkdirSync(join(folder, link, '..'), { recursive: true });
    symlinkSync(link.includes('.') ? join(elsewhere, 'kept') : elsewhere, join(folder, link));
    await expect(store(join(folder, 'b'), BEFORE)).rejects.toMatchObject({
      fault: 'storage',
      message: expect.stringContaining('symbolic link'),
    });
    expect(listing(elsewhere)).toEqual(['kept']);
    expect(readFileSync(join(elsewhere, 'kept'), 'utf8')).toBe('kept');
  });

  it('a symbolic link for the temporary file is removed, not followed', async () => {
    const folder = tempFolder();
    const bundle = join(folder, 'b');
    mkdirSync(join(bundle, 'stream'), { recursive: true });
    writeFileSync(join(folder, 'kept'), 'kept');
    symlinkSync(
      join(folder, 'kept'),
      join(bundle, 'stream/.users.0f0e0d0c-0b0a-4908-8706-050403020100.part'),
    );
    await store(bundle, BEFORE);
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('kept');
    expect(listing(bundle)).toEqual(['stream', 'stream/users.jsonl']);
  });

  it('a file for the bundle, and a folder for the file', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'b'), '');
    await expect(store(join(folder, 'b'), BEFORE)).rejects.toMatchObject({ fault: 'storage' });
    mkdirSync(join(folder, 'c/stream/users.jsonl'), { recursive: true });
    await expect(store(join(folder, 'c'), BEFORE)).rejects.toMatchObject({ fault: 'storage' });
    expect(listing(join(folder, 'c'))).toEqual(['stream', 'stream/users.jsonl']);
  });
});

async function* broken(thrown: Error): AsyncGenerator<Uint8Array, void, undefined> {
  yield* body(BIG);
  throw thrown;
}

describe('a body that ends badly', () => {
  it.each([0, 1])('is thrown on as it is, and nothing is left (%i blocks)', async (blocksFirst) => {
    const bundle = join(tempFolder(), 'b');
    await store(bundle, BEFORE, { prefer: 'json' });
    const thrown = systemError('ECONNRESET');
    const failing =
      blocksFirst === 1
        ? broken(thrown)
        : { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(thrown) }) };
    await expect(storeArtifact(target(bundle), failing, null, QUIET)).rejects.toBe(thrown);
    expect(listing(bundle)).toEqual(['stream', 'stream/users.json']);
  });

  it('that hangs is left as soon as the run is stopped', async () => {
    const bundle = join(tempFolder(), 'b');
    const stop = new AbortController();
    const reason = new Error('stopped');
    let asked = 0;
    const hanging: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked += 1;
          if (asked === 1) return Promise.resolve({ value: Buffer.from(BEFORE), done: false });
          queueMicrotask(() => stop.abort(reason));
          return new Promise(() => undefined);
        },
        return: () => new Promise(() => undefined),
      }),
    };
    await expect(storeArtifact(target(bundle), hanging, null, stop.signal)).rejects.toBe(reason);
    expect(listing(bundle)).toEqual(['stream']);
  });

  it('is not begun when the run is stopped already', async () => {
    const bundle = join(tempFolder(), 'b');
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(storeArtifact(target(bundle), body(BEFORE), null, stopped)).rejects.toThrow(
      'stopped',
    );
    expect(listing(bundle)).toEqual(['stream']);
  });
});

import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** So many bytes are handed to the disk while more come, so that the sync at the end is short. */
const FLUSH = 64 * 1024 * 1024;

const FRESH = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** What whoever writes a file decides about it. */
export interface FileRules {
  /** Permission bits, whatever the umask. */
  mode: number;
  /** Tells the temporary name from those of others who write to the same place. */
  newId(): string;
  /** Does something with the disk, and throws what fails there in words of its own. */
  onDisk<T>(path: string, work: () => Promise<T>): Promise<T>;
  /** Done at its place before it begins. */
  prepare?(place: string): Promise<void>;
  /** Throws where a file that is to grow by so many bytes has no room. */
  requireRoom?(path: string, bytes: number): Promise<void>;
  /** Throws, right before it gets its name, where it must not have it. */
  check(path: string): Promise<void>;
}

/**
 * A file under a temporary name beside its place, `.<name>.<id>.part`, until it is known to be whole.
 * All methods throw what `onDisk` makes of a failure.
 */
export class AtomicFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #rules: FileRules;
  #position = 0;
  #flushedTo = 0;
  #flush: Promise<void> = Promise.resolve();
  #open = true;
  #placed = false;

  private constructor(path: string, handle: FileHandle, rules: FileRules) {
    this.path = path;
    this.#handle = handle;
    this.#rules = rules;
  }

  /** Begins the file that will stand at `place`. */
  static async create(place: string, rules: FileRules): Promise<AtomicFile> {
    // A name of its own: whoever else still writes here must not find this file under its name.
    const path = join(dirname(place), `.${basename(place)}.${rules.newId()}.part`);
    return rules.onDisk(path, async () => {
      await rules.prepare?.(place);
      const file = new AtomicFile(path, await open(path, FRESH, rules.mode), rules);
      // The mode at opening is cut by the umask.
      await file.#handle.chmod(rules.mode);
      return file;
    });
  }

  /** For reading the file back while it has no name of its own yet. */
  get fd(): number {
    return this.#handle.fd;
  }

  /** Throws where there is no room for a large file; small ones are tried. */
  async expect(bytes: number | null): Promise<void> {
    if (bytes === null || bytes < FLUSH) return;
    await this.#onDisk(async () => this.#rules.requireRoom?.(this.path, bytes));
  }

  /** Resolves when all bytes are handed to the system; until then they must not change. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#onDisk(async () => {
      let done = 0;
      while (done < bytes.length) {
        const left = bytes.length - done;
        const { bytesWritten } = await this.#handle.write(bytes, done, left, this.#position);
        done += bytesWritten;
        this.#position += bytesWritten;
      }
      if (this.#position - this.#flushedTo >= FLUSH) await this.#beginFlush();
    });
  }

  /** Makes it durable and gives it its name, in place of what stood there. */
  async place(path: string): Promise<void> {
    await this.#rules.onDisk(path, async () => {
      await this.#flush;
      await this.#handle.sync();
      await this.#close();
      await this.#rules.check(path);
      await rename(this.path, path);
      this.#placed = true;
      await syncFolder(dirname(path));
    });
  }

  /** Leaves nothing of it, unless it has its name. Must be called at the end, whatever happened. */
  async discard(): Promise<void> {
    if (this.#placed) return;
    await this.#onDisk(async () => {
      try {
        await this.#close();
      } finally {
        await rm(this.path, { force: true });
      }
    });
  }

  #onDisk<T>(work: () => Promise<T>): Promise<T> {
    return this.#rules.onDisk(this.path, work);
  }

  /** One at a time. A failure is told by the next flush or `place`: the system tells it only once. */
  async #beginFlush(): Promise<void> {
    await this.#flush;
    // One that was announced shorter, or not at all, may go on without end.
    await this.#rules.requireRoom?.(this.path, FLUSH);
    this.#flushedTo = this.#position;
    this.#flush = this.#handle.datasync();
    void Promise.allSettled([this.#flush]);
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await Promise.allSettled([this.#flush]);
    await this.#handle.close();
  }
}

/** Writes all of a file, or leaves what stood there. */
export async function writeWhole(
  path: string,
  blocks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  rules: FileRules,
): Promise<void> {
  const file = await AtomicFile.create(path, rules);
  try {
    for await (const block of blocks) await file.write(block);
    await file.place(path);
  } finally {
    await file.discard();
  }
}

const CANNOT: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP']);

/** Makes names in a folder survive a crash, where the file system can (some network ones cannot). */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && CANNOT.has(thrown.code))) throw thrown;
  } finally {
    await handle.close();
  }
}

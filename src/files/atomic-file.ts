import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { onDisk, requireRoom } from './disk.ts';
import { refuseLink, syncFolder } from './folder.ts';

/** So many bytes are handed to the disk while more come, so that the sync at the end is short. */
const FLUSH = 64 * 1024 * 1024;

const PRIVATE = 0o600;
/** What comes after the name of the place. */
const PART = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/v;
const FRESH = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * A file under a temporary name beside its place, `.<name>.<uuid>.part`, until it is known to be whole.
 * Mode 0600. All methods throw GdprError `storage`.
 */
export class AtomicFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #position = 0;
  #flushedTo = 0;
  #flush: Promise<void> = Promise.resolve();
  #open = true;
  #placed = false;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Begins the file that will stand at `place`; one left by a crash is removed first. */
  static async create(place: string): Promise<AtomicFile> {
    // A name of its own: whoever else still writes here must not find this file under its name.
    const path = join(dirname(place), `.${basename(place)}.${randomUUID()}.part`);
    return onDisk(path, async () => {
      await removeParts(place);
      const part = new AtomicFile(path, await open(path, FRESH, PRIVATE));
      await part.#handle.chmod(PRIVATE);
      return part;
    });
  }

  /** For reading the file back while it has no name of its own yet. */
  get fd(): number {
    return this.#handle.fd;
  }

  /** Throws where there is no room for a large file; small ones are tried. */
  async expect(bytes: number | null): Promise<void> {
    if (bytes === null || bytes < FLUSH) return;
    await onDisk(this.path, () => requireRoom(this.path, bytes));
  }

  /** Resolves when all bytes are handed to the system; until then they must not change. */
  async write(bytes: Uint8Array): Promise<void> {
    await onDisk(this.path, async () => {
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
    await refuseLink(path);
    await onDisk(path, async () => {
      await this.#flush;
      await this.#handle.sync();
      await this.#close();
      await rename(this.path, path);
      this.#placed = true;
      await syncFolder(dirname(path));
    });
  }

  /** Leaves nothing of it, unless it has its name. Must be called at the end, whatever happened. */
  async discard(): Promise<void> {
    if (this.#placed) return;
    await onDisk(this.path, async () => {
      try {
        await this.#close();
      } finally {
        await rm(this.path, { force: true });
      }
    });
  }

  /** One at a time. A failure is told by the next flush or `place`: the system tells it only once. */
  async #beginFlush(): Promise<void> {
    await this.#flush;
    // One that was announced shorter, or not at all, may go on without end.
    await requireRoom(this.path, FLUSH);
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

/** What runs that did not live to remove it have left beside a place, and no file of anybody else. */
async function removeParts(place: string): Promise<void> {
  const folder = dirname(place);
  const beginning = `.${basename(place)}.`;
  for (const name of await readdir(folder)) {
    if (name.startsWith(beginning) && PART.test(name.slice(beginning.length))) {
      await rm(join(folder, name), { force: true });
    }
  }
}

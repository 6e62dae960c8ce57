import { createHash, type Hash } from 'node:crypto';
import { Worker, parentPort, workerData } from 'node:worker_threads';

/** From this length on a thread of its own pays for the 30 ms that its start takes. */
const LARGE = 16 * 1024 * 1024;
const THREAD = 'gdpr-sha256';

/** SHA-256 of blocks. A block must not change until its `update` resolves; one at a time. */
export interface BlockHash {
  update(block: Uint8Array): Promise<void>;
  /** In hex. */
  digest(): Promise<string>;
  /** Must be called at the end, whatever happened. */
  close(): Promise<void>;
}

/** The hash for a file of about so many bytes (null: unknown); a large one is hashed beside. */
export function blockHash(bytes: number | null): BlockHash {
  return bytes !== null && bytes >= LARGE ? new ThreadHash() : new DirectHash();
}

class DirectHash implements BlockHash {
  readonly #hash: Hash = createHash('sha256');

  async update(block: Uint8Array): Promise<void> {
    this.#hash.update(block);
  }

  async digest(): Promise<string> {
    return this.#hash.digest('hex');
  }

  async close(): Promise<void> {}
}

class ThreadHash implements BlockHash {
  readonly #worker = new Worker(new URL(import.meta.url), { workerData: THREAD });

  async update(block: Uint8Array): Promise<void> {
    await this.#ask(block);
  }

  async digest(): Promise<string> {
    return String(await this.#ask(null));
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(question: Uint8Array | null): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.removeAllListeners();
      this.#worker.once('message', resolve).once('error', reject);
      this.#worker.postMessage(question, []);
    });
  }
}

/** The thread's side: takes blocks, which share their memory, and says when it is done with each. */
if (workerData === THREAD) {
  const hash = createHash('sha256');
  parentPort?.on('message', (block: Uint8Array | null) => {
    const answer = block === null ? hash.digest('hex') : hash.update(block) === hash;
    parentPort?.postMessage(answer, []);
  });
}

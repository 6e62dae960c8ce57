import { createHash } from 'node:crypto';
import { Worker, parentPort, workerData } from 'node:worker_threads';

/** From this length on a thread of its own pays for the 30 ms that its start takes. */
const LARGE = 16 * 1024 * 1024;

/** Whether a file of about so many bytes (null: unknown) is worked on by threads beside. */
export function isLarge(bytes: number | null): boolean {
  return bytes !== null && bytes >= LARGE;
}

/** What is done with the blocks of a file. */
interface Work<Fed, Ended> {
  feed(block: Uint8Array): Fed;
  end(): Ended;
}

/** A kind of thread: the module that is loaded in it, which calls `serveBlocks` with the kind. */
export interface ThreadKind<Parameters, Fed, Ended> {
  module: string;
  name: string;
  begin(parameters: Parameters): Work<Fed, Ended>;
}

/** Work on the blocks of a file, one question at a time. */
export interface BlockWork<Fed, Ended> extends Work<Promise<Fed>, Promise<Ended>> {
  /** The block's memory is shared if it can be, and must not change until this resolves. */
  feed(block: Uint8Array): Promise<Fed>;
  /** Must be called at the end, whatever happened. */
  close(): Promise<void>;
}

/** Begins work on a file of about so many bytes (null: unknown); a large one is worked on beside. */
export function beginWork<Parameters, Fed, Ended>(
  kind: ThreadKind<Parameters, Fed, Ended>,
  parameters: Parameters,
  bytes: number | null,
): BlockWork<Fed, Ended> {
  if (isLarge(bytes)) return new BlockThread(kind, parameters);
  const work = kind.begin(parameters);
  return {
    feed: async (block) => work.feed(block),
    end: async () => work.end(),
    close: async () => undefined,
  };
}

/** Work that a thread of its own does. */
class BlockThread<Parameters, Fed, Ended> implements BlockWork<Fed, Ended> {
  readonly #worker: Worker;

  constructor({ module, name }: ThreadKind<Parameters, Fed, Ended>, parameters: Parameters) {
    this.#worker = new Worker(new URL(module), { workerData: { name, parameters } });
  }

  feed(block: Uint8Array): Promise<Fed> {
    return this.#ask<Fed>(block);
  }

  end(): Promise<Ended> {
    return this.#ask<Ended>(null);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask<Answer>(question: Uint8Array | null): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#worker.removeAllListeners();
      this.#worker.once('message', (answer: Answer) => resolve(answer)).once('error', reject);
      this.#worker.postMessage(question, []);
    });
  }
}

/** The thread's side; does nothing in any thread that is not of this kind. */
export function serveBlocks(kind: ThreadKind<unknown, unknown, unknown>): void {
  if (workerData?.name !== kind.name) return;
  const work = kind.begin(workerData.parameters);
  parentPort?.on('message', (block: Uint8Array | null) => {
    parentPort?.postMessage(block === null ? work.end() : work.feed(block), []);
  });
}

const SHA256: ThreadKind<null, void, string> = {
  module: import.meta.url,
  name: 'gdpr-sha256',
  begin() {
    const hash = createHash('sha256');
    return {
      feed: (block) => void hash.update(block),
      end: () => hash.digest('hex'),
    };
  },
};

/** SHA-256 in hex, of the blocks of a file of about so many bytes. */
export function blockHash(bytes: number | null): BlockWork<void, string> {
  return beginWork(SHA256, null, bytes);
}

serveBlocks(SHA256);

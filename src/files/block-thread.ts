import { Worker, parentPort, workerData } from 'node:worker_threads';

/** From this length on a thread of its own pays for the 30 ms that its start takes. */
const LARGE = 16 * 1024 * 1024;

/** Whether a file of about so many bytes (null: unknown) is worked on by threads beside. */
export function isLarge(bytes: number | null): boolean {
  return bytes !== null && bytes >= LARGE;
}

/** What a thread does with the blocks of a file. */
interface Work<Fed, Ended> {
  feed(block: Uint8Array): Fed;
  end(): Ended;
}

/** The same, done by a thread of its own. One question at a time. */
export class BlockThread<Fed, Ended> {
  readonly #worker: Worker;

  /** `module`, loaded as the thread's own, calls `serveBlocks` with the same name. */
  constructor(module: string, name: string, parameters: unknown) {
    this.#worker = new Worker(new URL(module), { workerData: { name, parameters } });
  }

  /** The block's memory is shared if it can be, and must not change until this resolves. */
  feed(block: Uint8Array): Promise<Fed> {
    return this.#ask<Fed>(block);
  }

  end(): Promise<Ended> {
    return this.#ask<Ended>(null);
  }

  /** Must be called at the end, whatever happened. */
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

/** The thread's side; does nothing in any other thread. `begin` is given the thread's parameters. */
export function serveBlocks(
  name: string,
  begin: (parameters: unknown) => Work<unknown, unknown>,
): void {
  if (workerData?.name !== name) return;
  const work = begin(workerData.parameters);
  parentPort?.on('message', (block: Uint8Array | null) => {
    parentPort?.postMessage(block === null ? work.end() : work.feed(block), []);
  });
}

import { type Hash, createHash } from 'node:crypto';
import { BlockThread, type ThreadKind, isLarge, serveBlocks } from './block-thread.ts';

const SHA256: ThreadKind<null, void, string> = {
  module: import.meta.url,
  name: 'gdpr-sha256',
  begin() {
    const hash = createHash('sha256');
    return {
      feed(block) {
        hash.update(block);
      },
      end: () => hash.digest('hex'),
    };
  },
};

/** SHA-256 of blocks. A block must not change until its `feed` resolves; one at a time. */
export interface BlockHash {
  feed(block: Uint8Array): Promise<void>;
  /** The hash in hex. */
  end(): Promise<string>;
  /** Must be called at the end, whatever happened. */
  close(): Promise<void>;
}

/** The hash for a file of about so many bytes (null: unknown); a large one is hashed beside. */
export function blockHash(bytes: number | null): BlockHash {
  return isLarge(bytes) ? new BlockThread(SHA256, null) : new DirectHash();
}

class DirectHash implements BlockHash {
  readonly #hash: Hash = createHash('sha256');

  async feed(block: Uint8Array): Promise<void> {
    this.#hash.update(block);
  }

  async end(): Promise<string> {
    return this.#hash.digest('hex');
  }

  async close(): Promise<void> {}
}

serveBlocks(SHA256);

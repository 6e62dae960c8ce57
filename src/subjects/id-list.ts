import { openScratch } from './scratch.ts';

/** Ids of requests, each once, in the order in which they came, in memory that does not grow. */
export interface IdList {
  readonly size: number;
  add(ids: readonly string[]): void;
  /** At most `limit` a page; what is added meanwhile comes last. */
  ids(limit: number): Iterable<readonly string[]>;
  /** Must be called at the end. */
  close(): void;
}

/** An empty list. Its methods throw GdprError `storage` when there is no room for temporary files. */
export function idList(): IdList {
  const scratch = openScratch('CREATE TABLE ids (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);');
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(ids) {
      const insert = scratch.sql('INSERT OR IGNORE INTO ids (id) VALUES (?)');
      scratch.work(() => {
        for (const id of ids) size += Number(insert.run(id).changes);
      });
    },
    *ids(limit) {
      const select = 'SELECT n, id FROM ids WHERE n > ? ORDER BY n LIMIT ?';
      for (const rows of scratch.pages(select, 'n', limit)) yield rows.map(({ id }) => String(id));
    },
    close: () => scratch.close(),
  };
}

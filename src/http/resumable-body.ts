import { DownloadBroken } from '../errors.ts';
import { TRIES, backoff } from '../host/backoff.ts';
import {
  type BodyReader,
  type FileAnswer,
  type FileExchange,
  discard,
  readBody,
} from './file-request.ts';
import { type RetryDeps, isTransientStatus } from './retry.ts';

/** Progress after which a connection that breaks again is a new trouble, not the old one. */
const HEADWAY = 1024 * 1024;

/** What going on needs of the world. */
export interface ResumeDeps extends RetryDeps {
  /** Asks for the same file again, at the very place where it was. */
  request(headers: Readonly<Record<string, string>>): Promise<FileExchange>;
}

/**
 * The bytes of a file, each once and in order. A connection that breaks is taken up again by `Range` with
 * `If-Range` where the file's length and strong ETag are known; otherwise, or when the answer is
 * not exactly what is missing of the same file, it throws DownloadBroken. It never just ends early.
 */
export async function* resumableBody(
  first: FileAnswer,
  entity: Entity,
  deps: ResumeDeps,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let reader = readBody(first.body, deps.clock);
  let at = 0;
  let brokeAt = 0;
  let tries = 1;
  try {
    for (;;) {
      const piece = await reader.next();
      if (piece.kind === 'chunk') {
        at += piece.chunk.length;
        if (entity.total !== null && at > entity.total) {
          throw new DownloadBroken('the download brought more than it announced');
        }
        yield piece.chunk;
        continue;
      }
      if (entity.total === null ? piece.kind === 'end' : at === entity.total) return;
      if (signal.aborted) throw new DownloadBroken('the download was stopped');
      if (at - brokeAt >= HEADWAY) tries = 1;
      brokeAt = at;
      reader.close();
      const reason = piece.kind === 'broken' ? piece.reason : 'it ended early';
      ({ reader, tries } = await goOn(at, tries, reason, entity, deps, signal));
    }
  } finally {
    reader.close();
  }
}

async function goOn(
  at: number,
  triesBefore: number,
  cause: string,
  entity: Entity,
  deps: ResumeDeps,
  signal: AbortSignal,
): Promise<{ reader: BodyReader; tries: number }> {
  if (entity.etag === null || entity.total === null) {
    throw new DownloadBroken(`the download broke off at byte ${at} (${cause})`);
  }
  let reason = cause;
  for (let tries = triesBefore + 1; tries <= TRIES; tries += 1) {
    await deps.clock.sleep(backoff(tries, deps.random(), deps.scale), signal);
    const answer = await deps.request({ range: `bytes=${at}-`, 'if-range': entity.etag });
    if (signal.aborted || answer.kind === 'stopped') {
      if (answer.kind === 'answer') discard(answer.body);
      throw new DownloadBroken('the download was stopped');
    }
    if (answer.kind === 'failed') {
      reason = answer.reason;
      continue;
    }
    if (answer.status === 206 && continues(answer.headers, at, entity)) {
      return { reader: readBody(answer.body, deps.clock), tries };
    }
    discard(answer.body);
    if (!isTransientStatus(answer.status)) {
      throw new DownloadBroken(
        `the download broke off at byte ${at} (${cause}), and the rest cannot be read: answer ${answer.status}`,
      );
    }
    reason = `answer ${answer.status}`;
  }
  throw new DownloadBroken(`the download broke off at byte ${at} and would not go on (${reason})`);
}

/** What an answer says about the file behind it. */
export interface Entity {
  /** Strong validators only: a weak one does not promise the same bytes. */
  etag: string | null;
  /** Length of the whole file in bytes. */
  total: number | null;
}

/** The file that a 200 answer brings. */
export function entityOf(headers: Readonly<Record<string, string>>): Entity {
  return { etag: strongEtag(headers['etag']), total: digits(headers['content-length']) };
}

/**
 * Whether a 206 answer goes on exactly at byte `at` of the very same file: its range starts there,
 * its total is the one announced, and its ETag is the same strong one (RFC 9110, 13.1.5, 15.3.7).
 */
export function continues(
  headers: Readonly<Record<string, string>>,
  at: number,
  entity: Entity,
): boolean {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range']?.trim() ?? '');
  const [start, end = -1, total = -1] = match?.slice(1).map(Number) ?? [];
  const isRest = start === at && total === entity.total && end >= start && end < total;
  return isRest && entity.etag !== null && strongEtag(headers['etag']) === entity.etag;
}

function strongEtag(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return /^"[\x21\x23-\x7E]+"$/.test(text) ? text : null;
}

function digits(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

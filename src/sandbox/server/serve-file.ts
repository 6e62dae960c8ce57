import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type ExportFile, corrupted, measure, slice } from '../files/export-file.ts';
import { type ByteRange, readRange } from '../files/store.ts';
import { holdAt } from './transport-faults.ts';
import { type ServerContext, type Visit, hangUp, reset } from './visit.ts';

export interface Sent {
  status: number | null;
  fault: string | null;
  bytes: number;
}

type Shelf = ServerContext['shelf'];

const KEPT_SIZES = 256;

interface Body {
  headers: Record<string, string>;
  chunks: AsyncIterable<Buffer>;
  range: ByteRange;
  /** After how many bytes of the body something happens. */
  middle: number;
}

const FILE_FAULTS = [
  'file-truncated',
  'file-corrupt',
  'file-short',
  'file-reset',
  'file-changed',
  'no-length',
  'hold-file',
];

/** Sends a file or the part asked for, with whatever breaks it on the way. */
export async function serveFile(visit: Visit, file: ExportFile): Promise<Sent> {
  const { outgoing, incoming } = visit;
  const { shelf, faults } = visit.context;
  const fault = FILE_FAULTS.find((name) => faults.hits(name, visit)) ?? null;
  const body = await bodyOf(shelf, file, incoming.headers, fault);
  if (!body) {
    outgoing.writeHead(416, { 'Content-Length': '0' });
    outgoing.end();
    return { status: 416, fault, bytes: 0 };
  }
  const status = body.range.partial ? 206 : 200;
  outgoing.writeHead(status, body.headers);
  const bytes = await sendBody(visit, body, fault);
  if (fault === 'file-changed') {
    shelf.revisions.set(file.key, (shelf.revisions.get(file.key) ?? 0) + 1);
  }
  return { status, fault, bytes };
}

async function bodyOf(
  shelf: Shelf,
  file: ExportFile,
  headers: IncomingHttpHeaders,
  fault: string | null,
): Promise<Body | null> {
  const revision = shelf.revisions.get(file.key) ?? 0;
  const whole = await sizeOf(shelf, file, revision);
  const cut = fault === 'file-truncated';
  const size = cut ? Math.max(1, Math.floor(whole * 0.6)) : whole;
  const variant = cut || fault === 'file-corrupt' ? fault : '';
  const etag = etagOf(`${file.key} ${revision} ${variant}`);
  const range = readRange(headers, etag, size);
  if (!range) return null;
  const content =
    fault === 'file-corrupt' ? await corrupted(file, revision, whole) : file.chunks(revision);
  const length = range.end - range.start;
  return {
    range,
    chunks: slice(content, range.start, range.end),
    middle: Math.max(1, Math.floor(length / 2)),
    headers: {
      'Content-Type': file.contentType,
      'Accept-Ranges': 'bytes',
      ETag: etag,
      'Last-Modified': new Date(file.createdAt).toUTCString(),
      ...(fault === 'no-length' ? {} : { 'Content-Length': String(length) }),
      ...(range.partial
        ? { 'Content-Range': `bytes ${range.start}-${range.end - 1}/${size}` }
        : {}),
    },
  };
}

/** Writes the body; returns how many bytes left. */
async function sendBody(visit: Visit, body: Body, fault: string | null): Promise<number> {
  const { outgoing, gone } = visit;
  const stops = ['file-short', 'file-reset', 'file-changed', 'hold-file'].includes(fault ?? '');
  let sent = 0;
  let pending = stops;
  for await (const chunk of body.chunks) {
    let rest = chunk;
    if (pending && sent + chunk.length >= body.middle) {
      pending = false;
      const first = chunk.subarray(0, body.middle - sent);
      await flush(visit, first);
      sent += first.length;
      rest = chunk.subarray(first.length);
      if (!(await goesOn(visit, fault))) return sent;
    }
    await flush(visit, rest);
    sent += rest.length;
    if (gone.aborted) return sent;
  }
  await new Promise<void>((resolve) => {
    outgoing.once('close', resolve);
    outgoing.end(resolve);
  });
  return sent;
}

async function goesOn(visit: Visit, fault: string | null): Promise<boolean> {
  if (fault === 'hold-file') return (await holdAt(visit, 'hold-file')) === 'opened';
  if (fault === 'file-short') hangUp(visit);
  else reset(visit);
  return false;
}

/** Writes and waits until the bytes left, or the caller did. */
function flush({ outgoing, gone }: Visit, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted || chunk.length === 0) {
      resolve();
      return;
    }
    const done = () => {
      gone.removeEventListener('abort', done);
      resolve();
    };
    gone.addEventListener('abort', done);
    outgoing.write(chunk, done);
  });
}

async function sizeOf(shelf: Shelf, file: ExportFile, revision: number): Promise<number> {
  const key = `${file.key} ${revision}`;
  const known = shelf.sizes.get(key);
  if (known !== undefined) return known;
  const size = await measure(file.chunks(revision));
  const [oldest] = shelf.sizes.keys();
  if (shelf.sizes.size >= KEPT_SIZES && oldest !== undefined) shelf.sizes.delete(oldest);
  shelf.sizes.set(key, size);
  return size;
}

/** Strong: the content follows from its name, so the name's hash will do. */
function etagOf(name: string): string {
  return `"${createHash('sha256').update(name).digest('hex').slice(0, 32)}"`;
}

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DownloadBroken, GdprError } from '../../src/errors.ts';
import { type Stored, storeArtifact } from '../../src/files/artifact.ts';
import { type OpenResult, openDownload } from '../../src/http/open-download.ts';
import { Secret } from '../../src/secret.ts';
import type { Chance } from '../chaos/chance.ts';
import { zipOf } from '../files/zips.ts';
import { testClock } from '../http/test-clock.ts';
import { never } from '../providers/stage.ts';
import { EVIL, OBEYED, textsIn } from '../shell/hostile.ts';

const MESSAGE = JSON.stringify({ type: 'message', text: EVIL.replace('\uD800', ''), n: [1, {}] });
const FILES: readonly [Buffer, ...Buffer[]] = [
  Buffer.from('{"activities":[{"id":"a"}],"follows":[]}'),
  Buffer.from(`${MESSAGE}\n`.repeat(50)),
  await zipOf({ 'user.json': '{"id":"ada"}', 'm/1.json': MESSAGE.repeat(20) }),
];
const SECRET = 'X-Amz-Signature=c0ffee';

/** Serves a file that somebody has spoilt, and looks at what was kept of it. */
export async function feedFile(chance: Chance): Promise<string[]> {
  const bytes = spoilt(chance.pick(FILES), chance);
  const opening = await openDownload(
    {
      link: new Secret(`https://files.test/x?${SECRET}`),
      provider: 'Stream',
      origin: 'https://api.test',
    },
    never,
    { clock: testClock(), random: () => 0.5, scale: 1, request: async () => reply(bytes, chance) },
  );
  if (opening.kind !== 'body') return wordFaults(opening);
  const folder = await mkdtemp(join(tmpdir(), 'gdpr-fuzz-'));
  try {
    return await storeFaults(folder, opening, chance);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function storeFaults(
  folder: string,
  opening: Extract<OpenResult, { kind: 'body' }>,
  chance: Chance,
): Promise<string[]> {
  const prefer = chance.pick(['json', 'jsonl', 'zip'] as const);
  const target = {
    bundle: join(folder, 'b'),
    path: 'x',
    prefer,
    countMessages: chance.is(0.5),
    mayBeEmpty: chance.is(0.5),
  };
  const stored = await storeArtifact(target, opening.body, opening.bytes, never).catch(
    (thrown: unknown) => thrown,
  );
  const left = await readdir(join(folder, 'b'));
  if (isStored(stored)) {
    const isCut = opening.bytes !== null && stored.artifact.bytes !== opening.bytes;
    const faults = await wholeFaults(join(folder, 'b'), left, stored);
    return isCut ? [...faults, 'kept, and not as long as announced'] : faults;
  }
  const faults = left.length > 0 ? [`left behind: ${left.join()}`] : [];
  if (stored instanceof DownloadBroken || stored instanceof GdprError) {
    return [...faults, ...wordFaults(stored.message)];
  }
  return stored instanceof Error
    ? [...faults, `thrown: ${stored.stack}`]
    : [...faults, ...wordFaults(stored)];
}

function isStored(value: unknown): value is Extract<Stored, { kind: 'stored' }> {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'kind') === 'stored';
}

/** What stands there must be what was told, and readable for what it is called. */
async function wholeFaults(
  bundle: string,
  left: readonly string[],
  { artifact }: Extract<Stored, { kind: 'stored' }>,
): Promise<string[]> {
  if (left.join() !== artifact.path) return [`left behind: ${left.join()}`];
  const bytes = await readFile(join(bundle, artifact.path));
  const faults = bytes.length === artifact.bytes ? [] : ['another length'];
  if (createHash('sha256').update(bytes).digest('hex') !== artifact.sha256)
    faults.push('another hash');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const documents = artifact.format === 'jsonl' ? text.split('\n') : [text];
  for (const each of artifact.format === 'zip' ? [] : documents) {
    if (each.trim() !== '' && !parses(each)) faults.push(`${artifact.format} that does not parse`);
  }
  return faults;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function wordFaults(value: unknown): string[] {
  return textsIn(value).flatMap((text) =>
    OBEYED.test(text) || text.includes(SECRET) || text.length > 600
      ? [`said: ${JSON.stringify(text)}`]
      : [],
  );
}

function reply(bytes: Buffer, chance: Chance) {
  const { length } = bytes;
  const headers: Record<string, string> = {
    'content-length': String(
      chance.is(0.8) ? length : chance.pick([0, 1, length - 1, length + 1, 1e15]),
    ),
  };
  if (chance.is(0.3)) headers['etag'] = chance.pick(['"v1"', 'W/"v1"', '"', EVIL]);
  if (chance.is(0.1)) headers['content-encoding'] = chance.pick(['gzip', 'identity', 'br']);
  if (chance.is(0.1)) headers['transfer-encoding'] = 'chunked';
  if (chance.is(0.1)) delete headers['content-length'];
  if (chance.is(0.1))
    headers['location'] = chance.pick(['https://[::1]/', 'file:///x', '/y', EVIL]);
  if (chance.is(0.2))
    headers['content-range'] = `bytes ${chance.int(0, 9)}-${length - 1}/${length}`;
  const status = chance.is(0.85) ? 200 : chance.pick([206, 302, 403, 404, 410, 429, 500, 503, 204]);
  return { kind: 'answer' as const, status, headers, body: Readable.from([bytes]) };
}

/** The file with some of its bytes wrong, missing, doubled or strange. */
function spoilt(file: Buffer, chance: Chance): Buffer {
  let bytes = Buffer.from(file);
  for (let count = chance.int(0, 3); count > 0 && bytes.length > 0; count -= 1) {
    const at = chance.int(0, bytes.length - 1);
    switch (chance.int(0, 4)) {
      case 0:
        bytes.writeUInt8(chance.int(0, 255), at);
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes]);
        break;
      case 3:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from('['.repeat(20_000)),
          bytes.subarray(at),
        ]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(EVIL), bytes.subarray(at)]);
    }
  }
  return bytes;
}

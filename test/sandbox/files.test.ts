import { request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { type Box, KEY, TOKEN, accessed, exported, openBox, send, streamLink } from './box.ts';
import { unzip } from './unzip.ts';

let box: Box;
afterEach(() => box.close());

/** The link of ada's users export, in a box with these faults. */
async function link(...faults: string[]): Promise<string> {
  box = await openBox({ faults });
  return exported(box, 'users', 'ada');
}

describe('signed links', () => {
  test('expire: 403 XML as of S3, and the next status call gives a good one', async () => {
    box = await openBox();
    const started = await box.stream('POST', '/api/v2/feeds/users/ada/export');
    const url = await streamLink(box, started.json['task_id']);
    box.clock.pass(24 * 3_600_000 - 1);
    expect((await box.get(url)).status).toBe(200);
    box.clock.pass(1);
    const expired = await box.get(url);
    expect([expired.status, expired.headers['content-type']]).toEqual([403, 'application/xml']);
    expect(expired.text).toContain('<Code>AccessDenied</Code><Message>Request has expired');
    const again = await box.get(await streamLink(box, started.json['task_id']));
    expect(again.status).toBe(200);
  });

  test('live as long as told, Sendbird seven days', async () => {
    box = await openBox({ linkTime: 10 });
    const short = await exported(box, 'feeds', 'ada');
    box.clock.pass(10);
    expect((await box.get(short)).status).toBe(403);
    await box.close();
    box = await openBox();
    const week = await accessed(box, 'ada');
    box.clock.pass(7 * 86_400_000 - 1);
    expect((await box.get(week)).status).toBe(200);
    box.clock.pass(1);
    expect((await box.get(week)).status).toBe(403);
  });

  test('files stay for 60 days', async () => {
    box = await openBox();
    const started = await box.stream('POST', '/api/v2/feeds/users/ada/export');
    box.clock.pass(60 * 86_400_000);
    const url = await streamLink(box, started.json['task_id']);
    expect((await box.get(url)).text).toContain('NoSuchKey');
  });

  test('refuse a second way of authentication', async () => {
    const url = await link();
    for (const headers of [{ authorization: 'x' }, { 'api-token': TOKEN }]) {
      expect((await box.get(url, headers)).status).toBe(400);
    }
    expect((await box.get(`${url}&api_key=${KEY}`)).status).toBe(400);
  });

  test('refuse a changed signature, path or expiry', async () => {
    const url = await link();
    for (const wrong of [
      url.slice(0, -1),
      url.replace('.jsonl', '.json'),
      url.replace(/X-Amz-Expires=\d/, 'X-Amz-Expires=9'),
      url.split('?', 1)[0] ?? '',
    ]) {
      expect((await box.get(wrong)).text).toContain('SignatureDoesNotMatch');
    }
  });

  test('leave no signature in the log, but the bytes', async () => {
    const { bytes } = await downloaded(await link());
    const entry = box.log.at(-1);
    expect(entry).toMatchObject({ operation: 'downloadFile', ids: ['ada'], bytes: bytes.length });
    expect(entry?.path).not.toContain('?');
  });
});

function downloaded(url: string) {
  return box.get(url);
}

describe('ranges', () => {
  test('go on where the ETag still fits, and start over where not', async () => {
    const url = await link();
    const whole = await box.get(url);
    const etag = String(whole.headers['etag']);
    expect(etag).toMatch(/^"[0-9a-f]+"$/);
    const rest = await box.get(url, { range: 'bytes=1000-', 'if-range': etag });
    expect(rest.status).toBe(206);
    expect(rest.headers['content-range']).toBe(
      `bytes 1000-${whole.bytes.length - 1}/${whole.bytes.length}`,
    );
    expect(Buffer.concat([whole.bytes.subarray(0, 1000), rest.bytes])).toEqual(whole.bytes);
    const other = await box.get(url, { range: 'bytes=1000-', 'if-range': '"other"' });
    expect([other.status, other.bytes.length]).toEqual([200, whole.bytes.length]);
    const last = await box.get(url, { range: 'bytes=-5' });
    expect(last.bytes).toEqual(whole.bytes.subarray(-5));
    const part = await box.get(url, { range: 'bytes=3-7' });
    expect(part.bytes).toEqual(whole.bytes.subarray(3, 8));
    expect((await box.get(url, { range: `bytes=${whole.bytes.length}-` })).status).toBe(416);
  });

  test('HEAD is refused: the link is signed for GET', async () => {
    const head = await send('HEAD', await link(), {}, null);
    expect([head.status, head.bytes.length]).toEqual([403, 0]);
  });
});

describe('in place of the file', () => {
  test.each([
    ['file-html', 200, /^<!DOCTYPE html>/],
    ['file-xml', 200, /<Error><Code>/],
    ['file-empty', 200, /^$/],
    ['file-error', 200, /^\{"message":"Internal Server Error"\}$/],
    ['file-error-own', 200, /^\{"code":-1,"message":.*"StatusCode":500/],
    ['file-hollow', 200, /^\{\}$/],
    ['file-foreign', 200, /^\{"greeting"/],
    ['link-expired', 403, /Request has expired/],
    ['http-500@downloadFile', 500, /InternalError/],
    ['http-503@downloadFile', 503, /SlowDown/],
    ['http-429@downloadFile', 429, /SlowDown/],
    ['edge-text@downloadFile', 503, /upstream connect error/],
  ])('%s', async (fault, status, text) => {
    const url = await link(`${fault}=1`);
    const reply = await box.get(url);
    expect(reply.status).toBe(status);
    expect(reply.text).toMatch(text);
    expect((await box.get(url)).text).toMatch(/^\{"type":"user"/);
  });

  test('redirect: once, then the file', async () => {
    const url = await link('redirect');
    const first = await box.get(url);
    expect(first.status).toBe(302);
    expect((await box.get(String(first.headers['location']))).status).toBe(200);
  });

  test('redirect-loop and redirect-file', async () => {
    const url = await link('redirect-loop');
    let next = url;
    for (let hop = 0; hop < 12; hop += 1) {
      const reply = await box.get(next);
      expect(reply.status).toBe(302);
      next = String(reply.headers['location']);
    }
    box.sandbox.control.setFaults(['redirect-file']);
    expect((await box.get(url)).headers['location']).toBe('file:///etc/passwd');
  });

  test('by the operation that made it', async () => {
    const url = await link('file-html@exportFeedUserData');
    expect((await box.get(url)).headers['content-type']).toContain('text/plain');
    expect((await box.get(await exported(box, 'feeds', 'ada'))).text).toMatch(/^<!DOCTYPE/);
  });
});

describe('broken on the way', () => {
  test('file-truncated: shorter, and HTTP sees nothing wrong', async () => {
    const url = await link('file-truncated=1');
    const cut = await box.get(url);
    const whole = await box.get(url);
    expect(cut.headers['content-length']).toBe(String(cut.bytes.length));
    expect(cut.bytes.length).toBeLessThan(whole.bytes.length);
    expect(whole.bytes.subarray(0, cut.bytes.length)).toEqual(cut.bytes);
    expect(cut.headers['etag']).not.toBe(whole.headers['etag']);
  });

  test('file-short: ends before its length', async () => {
    const url = await link('file-short=1');
    await expect(box.get(url)).rejects.toThrow(/closed|terminated|aborted|mismatch/i);
    expect(box.log.at(-1)).toMatchObject({ status: 200, fault: 'file-short' });
    expect((await box.get(url)).status).toBe(200);
  });

  test('file-reset: can be gone on with', async () => {
    const url = await link('file-reset=1');
    const { etag, got } = await broken(url);
    const rest = await box.get(url, { range: `bytes=${got.length}-`, 'if-range': etag });
    expect(rest.status).toBe(206);
    expect(Buffer.concat([got, rest.bytes])).toEqual((await box.get(url)).bytes);
  });

  test('file-changed: another ETag and other content after the break', async () => {
    const url = await link('file-changed=1');
    const { etag, got } = await broken(url);
    const whole = await box.get(url, { range: `bytes=${got.length}-`, 'if-range': etag });
    expect(whole.status).toBe(200);
    expect(whole.headers['etag']).not.toBe(etag);
    expect(whole.bytes.subarray(0, got.length)).not.toEqual(got);
  });

  test('file-corrupt: one byte; JSON does not parse, a CRC does not hold', async () => {
    box = await openBox({ faults: ['file-corrupt'] });
    const feeds = await box.get(await exported(box, 'feeds', 'ada'));
    expect(() => JSON.parse(feeds.text)).toThrow(SyntaxError);
    const zip = await unzip((await box.get(await accessed(box, 'ada'))).bytes);
    expect(zip.damaged).toEqual(['ada.json']);
    expect(() => JSON.parse(zip.entries['ada.json'] ?? '')).not.toThrow();
  });

  test('no-length: chunked, and whole', async () => {
    const url = await link('no-length=1');
    const chunked = await box.get(url);
    expect(chunked.headers).not.toHaveProperty('content-length');
    expect(chunked.bytes).toEqual((await box.get(url)).bytes);
  });

  test('hold-file: half of it, then the gate', async () => {
    const url = await link('hold-file');
    const reply = box.get(url);
    const [held] = await box.sandbox.control.waitForHeld('downloadFile');
    expect(held).toMatchObject({ fault: 'hold-file', ids: ['ada'] });
    box.sandbox.control.open();
    expect((await reply).bytes.length).toBe(Number((await reply).headers['content-length']));
  });
});

/** What arrived of a download that breaks. */
async function broken(url: string): Promise<{ etag: string; got: Buffer }> {
  const answer = await request(url);
  const chunks: Buffer[] = [];
  const ended = await (async () => {
    for await (const chunk of answer.body) chunks.push(Buffer.from(chunk));
  })().then(
    () => 'whole',
    () => 'broken',
  );
  expect(ended).toBe('broken');
  return { etag: String(answer.headers['etag']), got: Buffer.concat(chunks) };
}

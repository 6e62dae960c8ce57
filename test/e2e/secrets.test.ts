import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Stage, setStage } from './stage.ts';

const FAST = ['--poll-interval', '100ms', '--verbose'];

/** Everything that a program wrote below the operator's folder, as one text. */
async function written(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.zip'));
  const texts = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
  );
  return texts.join('\n');
}

function secretsOf(stage: Pick<Stage, 'env'>): string[] {
  const { STREAM_API_SECRET: secret = '', SENDBIRD_API_TOKEN: token = '' } = stage.env;
  return [secret, token, encodeURIComponent(token), Buffer.from(secret).toString('base64')];
}

/** Whatever looks like a token, a signed link or its signature. */
const SHAPES = [
  /eyJ[\w-]+\.[\w-]+/,
  /\/files\/(stream|sendbird)\//,
  /[?&](X-Amz-\w+|signature|sig|api_key)=/i,
];

/** Under these most of the time goes into pauses; under the others it is the real process. */
const LONG: ReadonlySet<string> = new Set(['http-500', 'wrong-shape@getTask', 'bad-json@getTask']);

describe('no secret and no signed link is written anywhere', () => {
  test.each([
    [],
    ['unauthorized'],
    ['link-expired'],
    ['http-500'],
    ['file-xml', 'redirect@sendbird'],
    ['redirect-loop'],
    ['file-reset'],
    ['wrong-shape@getTask', 'wrong-shape@viewGdprRequest'],
    ['bad-json@getTask', 'edge-text@viewGdprRequest'],
    ['link-not-renewed'],
  ])('under %s %s', async (...faults) => {
    const isLong = faults.some((fault) => LONG.has(fault));
    const stage = await (isLong ? setStage : setStage)({ faults });
    const runs = [
      await stage.gdpr(['export', 'ada', ...FAST]),
      await stage.gdpr(['resume', '--json', ...FAST]),
      await stage.gdpr(['status', 'ada', '--json']),
    ];
    const all = [...runs.flatMap(({ out, err }) => [out, err]), await written(stage.dir)].join(
      '\n',
    );
    // The sandbox's log shows that there was something to leak.
    expect(stage.log.length).toBeGreaterThan(2);
    for (const secret of secretsOf(stage)) expect(all).not.toContain(secret);
    for (const shape of SHAPES) expect(all).not.toMatch(shape);
  });
});

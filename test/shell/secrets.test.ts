import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultTable } from '../../src/sandbox/sandbox.ts';
import { setStage } from '../e2e/stage.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';
import { type Program, program } from './program.ts';

/** How a profile says where its secrets are. */
type Form = 'environment' | 'env' | 'file' | 'command' | 'plain';
const FORMS: readonly Form[] = ['environment', 'env', 'file', 'command', 'plain'];

/** Whatever looks like a server token, a signed link or its signature. */
const SHAPES = [
  /eyJ[\w-]+\.[\w-]+/,
  /\/files\/(?:stream|sendbird)\//,
  /[?&](?:X-Amz-\w+|signature|sig|api_key)=/i,
];

const PAUSE = ['--poll-interval', '100ms'];
const WAIT = [...PAUSE, '--timeout', '40s', '--verbose'];

type Env = Record<string, string>;

/** The program, and the flags that it is always called with. */
type Operator = Program & { extra: readonly string[] };

/** Every command, most of them twice: in words and as documents. */
async function everyCommand({ extra, ...operator }: Operator): Promise<readonly string[]> {
  const said: string[] = [];
  const gdpr = async (...args: string[]): Promise<{ code: number; out: string }> => {
    const { code, out, err } = await operator.gdpr(...extra, ...args);
    said.push(out, err);
    return { code, out };
  };
  await gdpr('export', 'ada', '--dry-run', '--verbose');
  const exported = await gdpr('export', 'ada', '--json', ...WAIT);
  await gdpr('status', '--verbose', ...PAUSE);
  await gdpr('resume', '--failed', '--once', ...WAIT);
  const id = /req_\w+/.exec(exported.out)?.[0] ?? 'req_none';
  await gdpr('status', id, '--json', '--verbose');
  await gdpr('extend', id, '--until', '2027-01-20', '--reason', 'complex', '--verbose');
  await gdpr('close', id, '--reason', 'done by hand', '--yes', '--verbose', '--json');
  await gdpr('erase', 'quiet', '--dry-run', '--hard', '--json', '--verbose');
  const erased = await gdpr('erase', 'quiet', '--hard', '--yes', '--json', ...WAIT);
  await gdpr('resume', '--json', ...WAIT);
  await gdpr('cancel', /req_\w+/.exec(erased.out)?.[0] ?? 'req_none', '--yes', '--verbose');
  await gdpr('erase', 'prolific', '--provider', 'stream', '--yes', ...WAIT);
  await gdpr('restore', 'prolific', '--provider', 'stream', '--yes', '--verbose', ...PAUSE);
  await gdpr('status', '--all', '--json', '--offline', '--verbose');
  await gdpr('doctor', '--verbose');
  await gdpr('doctor', '--json');
  await gdpr('completion', 'bash', '--', '--profile', '');
  const made = ['--profile', 'made', '--config', 'made.yaml', '--no-input', '--no-check'];
  const stream = ['--stream-api-key', 'key', '--stream-secret-env', 'STREAM_API_SECRET'];
  await gdpr('init', ...made, ...stream, '--verbose');
  return said;
}

/** The operator's world with the secrets in this form, and the files that may hold them. */
function operatorWith(
  form: Form,
  { env, clock }: { env: Env; clock: VirtualClock },
): { operator: Operator; own: readonly string[] } {
  const { STREAM_API_SECRET: secret = '', SENDBIRD_API_TOKEN: token = '' } = env;
  if (form === 'environment') {
    const { GDPR_STATE_DIR: _, HOME: __, ...rest } = env;
    return { operator: { ...program(rest, clock), extra: [] }, own: [] };
  }
  const named = program({ CANARY_SECRET: secret, CANARY_TOKEN: token }, clock);
  const write = (name: string, text: string, mode = 0o600): void => {
    writeFileSync(join(named.dir, name), text);
    chmodSync(join(named.dir, name), mode);
  };
  write('secret', `${secret}\n`);
  write('token', `${token}\n`);
  const secretOf = (name: string, variable: string, value: string): unknown => {
    if (form === 'env') return { env: variable };
    if (form === 'file') return { file: name };
    return form === 'plain' ? value : { command: ['cat', name] };
  };
  const { STREAM_BASE_URL: baseUrl, STREAM_API_KEY: apiKey, SENDBIRD_APP_ID: applicationId } = env;
  const stream = { apiKey, baseUrl, apiSecret: secretOf('secret', 'CANARY_SECRET', secret) };
  const sendbird = { applicationId, baseUrl, apiToken: secretOf('token', 'CANARY_TOKEN', token) };
  write('my.json', JSON.stringify({ profiles: { production: { stream, sendbird } } }));
  return {
    operator: { ...named, extra: ['--config', 'my.json'] },
    own: ['my.json', 'secret', 'token'],
  };
}

const used = new Set<string>();
const FAULTS = [
  'none',
  ...faultTable.map(({ name }) => name).filter((name) => !name.startsWith('hold')),
];

/** Runs everything under a fault, and names each place where something stands that must not. */
async function leaks(fault: string, form: Form): Promise<string[]> {
  const stage = await setStage({ faults: fault === 'none' ? [] : [fault] });
  const { operator, own } = operatorWith(form, stage);
  const said = await everyCommand(operator);
  for (const { operation } of stage.log) used.add(operation);
  const written = [...(await operator.written())].filter(([path]) => !own.includes(path));
  const places = [...written, ...said.map((text, at): [string, string] => [`said ${at}`, text])];
  // Something was there to leak, and a place where it would have gone.
  if (stage.log.length < 5) return [`${fault}: nobody was asked`];
  if (!written.some(([path]) => path.endsWith('ledger.sqlite'))) return [`${fault}: no ledger`];
  const { STREAM_API_SECRET: secret = '', SENDBIRD_API_TOKEN: token = '' } = stage.env;
  const hidden = [secret, token].flatMap((each) => [
    each,
    encodeURIComponent(each),
    Buffer.from(each).toString('base64'),
    Buffer.from(each).toString('hex'),
  ]);
  return places.flatMap(([place, text]) => {
    const isSecret = hidden.some((each) => text.includes(each));
    // What a provider put into an exported file is its own.
    const isExported = /gdpr-exports.*(?:stream|sendbird)\/[\w.]+$/.test(place);
    const isShaped = !isExported && SHAPES.some((shape) => shape.test(text));
    return isSecret || isShaped ? [`${fault}: ${place}`] : [];
  });
}

describe('no secret, token or signed link is written anywhere', () => {
  test.each(FORMS)(
    'with secrets from: %s',
    async (form) => {
      const own = FAULTS.filter((_, at) => FORMS[at % FORMS.length] === form);
      expect(own.length).toBeGreaterThan(5);
      const found = await Promise.all(own.map((fault) => leaks(fault, form)));
      expect(found.flat()).toEqual([]);
    },
    120_000,
  );

  test('all of it was called', () => {
    for (const operation of ['exportUsers', 'deleteUsers', 'restoreUsers', 'downloadFile']) {
      expect(used).toContain(operation);
    }
  });

  test('and what is looked for would be found', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzZXJ2ZXIiOnRydWV9.c2ln';
    const link = 'http://127.0.0.1:1/files/stream/x?X-Amz-Signature=1';
    for (const text of [token, link, `GET /api/v2/users?api_key=k`]) {
      expect(SHAPES.some((shape) => shape.test(text))).toBe(true);
    }
  });
});

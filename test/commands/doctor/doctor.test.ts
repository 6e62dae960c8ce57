import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { deadOrigin, serve } from '../../http/server.ts';
import { type DoctorStage, SECRETS, doctorStage, skewedClock } from '../doctor-stage.ts';

/** Records an export of ada's without waiting for anything. */
async function withRequest(stage: DoctorStage): Promise<string> {
  await stage.gdpr(['export', 'ada', '--no-wait', '--quiet']);
  return join(stage.state, 'default', 'ledger.sqlite');
}

/** Writes a file with this profile; answers with the variable that names it. */
function configure(stage: DoctorStage, profile: unknown, mode = 0o600): { GDPR_CONFIG: string } {
  const file = join(stage.dir, 'config.json');
  writeFileSync(file, JSON.stringify({ profiles: { p: profile } }));
  chmodSync(file, mode);
  return { GDPR_CONFIG: file };
}

function streamProfile({ env }: DoctorStage, apiSecret: unknown): unknown {
  return { stream: { apiKey: 'key-1', apiSecret, baseUrl: env['STREAM_BASE_URL'] } };
}

function tamper(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

describe('a set-up that is well', () => {
  test('is all ok, and asks by harmless reads about nobody', async () => {
    const stage = await doctorStage();
    const run = await stage.doctor();
    expect([run.code, run.err, run.notOk()]).toEqual([0, '', []]);
    expect(JSON.parse(run.out)).toMatchObject({ schema: 'gdpr-doctor/1' });
    expect([...run.checks().keys()].join(' ')).toBe(
      [
        'node configuration profile',
        'stream.apiKey stream.apiSecret stream.baseUrl stream.products',
        'sendbird.applicationId sendbird.apiToken sendbird.baseUrl',
        'deadline.country deadline.timeZone stateDir operator state disk.ledger',
        'stream stream.clock stream.products.seen stream.limits',
        'sendbird sendbird.clock sendbird.limits',
        'ledger ledger.events overdue disk.bundles',
      ].join(' '),
    );
    for (const { operation, method, ids } of stage.log) {
      expect(`${method} ${operation}`).toMatch(/^GET |^POST query\w+$/);
      expect(ids.filter((id) => !id.startsWith('gdpr-doctor-'))).toEqual([]);
    }
  });

  test('makes nothing: no ledger, no folder', async () => {
    const stage = await doctorStage();
    await stage.doctor();
    await stage.gdpr(['doctor', '--out', 'bundles']);
    expect(stage.files()).toEqual([]);
  });

  test('shows no secret, whatever is asked of it', async () => {
    const stage = await doctorStage({ faults: ['unauthorized'] });
    for (const args of [['--json'], ['--verbose'], ['--quiet']]) {
      const { out, err } = await stage.gdpr(['doctor', ...args]);
      for (const secret of Object.values(SECRETS)) expect(out + err).not.toContain(secret);
      expect(out + err).not.toMatch(/eyJ|api_key=/);
    }
  });

  test('tells where values come from', async () => {
    const stage = await doctorStage();
    const checks = (await stage.doctor()).checks();
    expect(checks.get('stream.apiKey')?.message).toBe('key-1, from STREAM_API_KEY');
    expect(checks.get('stream.apiSecret')?.message).toBe('a secret, from STREAM_API_SECRET');
    expect(checks.get('stateDir')?.message).toBe(`${stage.state}/default, from GDPR_STATE_DIR`);
  });

  test('tells the limits in force', async () => {
    const checks = (await (await doctorStage()).doctor()).checks();
    expect(checks.get('stream.limits')?.message).toContain('delete_users 6 a minute');
    expect(checks.get('stream.limits')?.message).toContain('delete_feeds 1,000 a minute');
    expect(checks.get('sendbird.limits')?.message).toContain('look-ups 600 a second');
  });
});

describe('what a provider does', () => {
  test.each([
    ['STREAM_API_KEY', 'other', 'stream', /401.*api_key not valid/, /compare stream\.apiKey/],
    ['STREAM_API_SECRET', 'other-secret', 'stream', /signature/, /not that of this key/],
    ['SENDBIRD_API_TOKEN', 'other-token', 'sendbird', /400401/, /API token is not one of/],
  ])('%s is wrong: that provider is red, the other is ok', async (name, value, who, what, next) => {
    const run = await (await doctorStage()).doctor({ [name]: value });
    expect(run.code).toBe(1);
    const other = who === 'stream' ? 'sendbird' : 'stream';
    expect(run.checks().get(who)).toMatchObject({ state: 'fault' });
    expect(run.checks().get(who)?.message).toMatch(what);
    expect(run.checks().get(who)?.next).toMatch(next);
    expect(run.checks().get(other)).toMatchObject({ state: 'ok' });
    expect(run.checks().get(`${who}.clock`)).toMatchObject({ state: 'ok' });
    expect(run.checks().get(`${who}.limits`)).toMatchObject({ state: 'warning' });
  });

  test('an application that is not there', async () => {
    const url = new URL('../../../fixtures/providers/sendbird/app-unknown.json', import.meta.url);
    const { status, body } = JSON.parse(readFileSync(url, 'utf8'));
    const server = await serve((_, response) => {
      response.writeHead(status).end(JSON.stringify(body));
    });
    const stage = await doctorStage();
    const checks = (await stage.doctor({ SENDBIRD_BASE_URL: server.origin })).checks();
    await server.close();
    expect(checks.get('sendbird')?.next).toContain('compare sendbird.applicationId');
  });

  test.each([
    ['http-500', 'fault', 'status page'],
    ['http-503', 'fault', 'status page'],
    ['edge-text', 'fault', 'status page'],
    ['http-429', 'warning', 'Wait a minute'],
    ['bad-json', 'fault', 'baseUrl'],
    ['reset', 'fault', 'network'],
  ])('%s: %s, asked once', async (name, state, next) => {
    const stage = await doctorStage({ faults: [`${name}@queryUsers`, `${name}@listUsers`] });
    const run = await stage.doctor();
    expect(run.code).toBe(state === 'fault' ? 1 : 0);
    for (const who of ['stream', 'sendbird']) {
      expect(run.checks().get(who)).toMatchObject({ state });
      expect(run.checks().get(who)?.next).toContain(next);
    }
    expect(stage.log.map(({ operation }) => operation).toSorted()).toEqual([
      'listUsers',
      'queryUsers',
    ]);
    expect(run.checks().get('ledger')).toMatchObject({ state: 'ok' });
  });

  test('nobody listens; something that is not TLS; something that is not theirs', async () => {
    const stage = await doctorStage();
    const page = await serve((_, response) => {
      response.writeHead(404).end('<html>Not found</html>');
    });
    const dead = await deadOrigin();
    const first = await stage.doctor({ STREAM_BASE_URL: dead, SENDBIRD_BASE_URL: page.origin });
    expect(first.checks().get('stream')?.message).toContain('connection refused');
    expect(first.checks().get('sendbird')).toMatchObject({
      message: expect.stringContaining("not Sendbird's API (404)"),
      next: 'Check sendbird.baseUrl.',
    });
    const tls = page.origin.replace('http:', 'https:');
    const second = await stage.doctor({ STREAM_BASE_URL: tls });
    await page.close();
    expect(second.checks().get('stream')).toMatchObject({
      message: expect.stringContaining('TLS'),
      next: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    expect(second.checks().get('stream.clock')).toMatchObject({ state: 'warning' });
  });

  test('one that never answers is given up', async () => {
    const clock = skewedClock();
    let hanging = 0;
    const stage = await doctorStage({
      clock,
      faults: ['hang@queryUsers', 'hang@listUsers'],
      log: () => {
        hanging += 1;
        if (hanging === 2) clock.wakeAll();
      },
    });
    const run = await stage.doctor();
    expect(run.code).toBe(1);
    expect(run.checks().get('stream')?.message).toMatch(/no answer within 10 s/);
    expect(run.checks().get('sendbird')?.message).toMatch(/no answer within 10 s/);
    expect(run.checks().get('overdue')).toMatchObject({ state: 'ok' });
  });

  test('feed data that Stream does not answer about is worth a word', async () => {
    const stage = await doctorStage({ faults: ['http-500@queryActivities'] });
    const run = await stage.doctor();
    expect([run.code, run.notOk()]).toEqual([0, ['stream.products.seen warning']]);
  });

  test('a secret that cannot be read: nothing is sent there', async () => {
    const stage = await doctorStage();
    const config = configure(stage, streamProfile(stage, { env: 'NOT_SET' }));
    const run = await stage.doctor(config);
    expect(run.code).toBe(1);
    expect(run.checks().get('stream')).toMatchObject({
      state: 'fault',
      message: expect.stringContaining('NOT_SET is not set'),
      next: expect.stringContaining('Nothing was sent to Stream'),
    });
    expect(run.checks().has('sendbird')).toBe(false);
    expect(stage.log).toEqual([]);
  });
});

describe('the clock', () => {
  test('8 s ahead: red for Stream, whose tokens are refused for it; yellow for Sendbird', async () => {
    const run = await (await doctorStage({ skew: 8_000 })).doctor();
    expect(run.code).toBe(1);
    expect(run.checks().get('stream.clock')).toMatchObject({ state: 'fault' });
    expect(run.checks().get('stream.clock')?.next).toContain('NTP');
    expect(run.checks().get('stream')?.next).toContain('NTP');
    expect(run.checks().get('sendbird.clock')).toMatchObject({ state: 'warning' });
  });

  test('10 min ahead: searches at Sendbird miss, and its clock is red as well', async () => {
    const run = await (await doctorStage({ skew: 600_000 })).doctor();
    expect(run.checks().get('sendbird.clock')).toMatchObject({ state: 'fault' });
  });

  test('10 s behind is worth a word, 10 min is a fault', async () => {
    const slow = await (await doctorStage({ skew: -10_000 })).doctor();
    expect([slow.code, slow.notOk()]).toEqual([
      0,
      ['stream.clock warning', 'sendbird.clock warning'],
    ]);
    const slower = await (await doctorStage({ skew: -600_000 })).doctor();
    expect(slower.checks().get('stream.clock')).toMatchObject({ state: 'fault' });
  });
});

describe('what is on disk', () => {
  test('a ledger in use is verified, and not a byte of it changes', async () => {
    const stage = await doctorStage();
    const file = await withRequest(stage);
    const before = [readFileSync(file), stage.files()];
    const run = await stage.doctor();
    expect([run.code, run.notOk()]).toEqual([0, []]);
    expect(run.checks().get('ledger.events')?.message).toBe(
      '1 request, and every chain of events holds',
    );
    expect([readFileSync(file), stage.files()]).toEqual(before);
  });

  test('a tampered record is red, and everything else is checked', async () => {
    const stage = await doctorStage();
    tamper(await withRequest(stage), "UPDATE requests SET user_id = 'grace'");
    const run = await stage.doctor();
    expect([run.code, run.notOk()]).toEqual([1, ['ledger.events fault']]);
    expect(run.checks().get('ledger.events')?.message).toMatch(/1 record does not hold/);
  });

  test('something else in its place is red, and is not touched', async () => {
    const stage = await doctorStage();
    mkdirSync(join(stage.state, 'default'), { recursive: true, mode: 0o700 });
    const file = join(stage.state, 'default', 'ledger.sqlite');
    writeFileSync(file, 'a letter of somebody');
    const run = await stage.doctor();
    expect([run.code, run.notOk()]).toEqual([1, ['ledger fault', 'overdue fault']]);
    expect(readFileSync(file, 'utf8')).toBe('a letter of somebody');
  });

  test('a request that is overdue is red and named', async () => {
    const stage = await doctorStage();
    await stage.gdpr(['export', 'ada', '--no-wait', '--quiet', '--received', '2020-01-02']);
    const run = await stage.doctor();
    expect([run.code, run.notOk()]).toEqual([1, ['overdue fault']]);
    expect(run.checks().get('overdue')?.message).toMatch(/1 unsettled request .* req_\w+, OVERDUE/);
    expect(run.checks().get('overdue')?.next).toBe('See them: gdpr status');
  });

  test('folders that cannot be made are red', async () => {
    const stage = await doctorStage();
    writeFileSync(join(stage.dir, 'file'), '');
    const below = join(stage.dir, 'file', 'below');
    const run = await stage.gdpr(['doctor', '--json', '--out', below], { GDPR_STATE_DIR: below });
    expect(run.code).toBe(1);
    expect(run.checks().get('state')).toMatchObject({
      state: 'fault',
      message: expect.stringMatching(/cannot be made: .*file is not a folder/),
    });
    expect(run.checks().get('disk.bundles')).toMatchObject({ state: 'fault' });
  });

  test('a state folder that others look into is yellow, one that they write is red', async () => {
    const stage = await doctorStage();
    const folder = join(stage.state, 'default');
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    expect((await stage.doctor()).notOk()).toEqual(['state warning']);
    chmodSync(folder, 0o777);
    expect((await stage.doctor()).notOk()).toEqual(['state fault']);
  });
});

describe('the configuration', () => {
  test('a plain secret is yellow', async () => {
    const stage = await doctorStage();
    const config = configure(stage, streamProfile(stage, SECRETS.apiSecret));
    const none = Object.fromEntries(Object.keys(stage.env).map((name) => [name, '']));
    const run = await stage.doctor({ ...none, GDPR_STATE_DIR: stage.state, ...config });
    expect([run.code, run.notOk()]).toEqual([0, ['configuration warning']]);
    expect(run.checks().get('configuration')?.message).toMatch(/apiSecret in .* is a plain secret/);
    expect(run.out).not.toContain(SECRETS.apiSecret);
  });

  test('every fault of a file is told in the words of the loader; what needs it is not', async () => {
    const stage = await doctorStage();
    const config = configure(stage, { strem: {}, deadline: { country: 'de' } }, 0o666);
    const loader = await stage.gdpr(['status'], config);
    const run = await stage.doctor(config);
    expect(run.code).toBe(1);
    expect(loader.err).toContain(run.checks().get('configuration')?.message ?? 'nothing');
    expect(run.notOk()).toEqual([
      'configuration fault',
      'mode fault',
      ...['state', 'stream', 'sendbird', 'ledger', 'overdue'].map((each) => `${each} warning`),
    ]);
    expect(run.checks().get('disk.bundles')).toMatchObject({ state: 'ok' });
  });

  test('unknown keys are told with the one that was meant', async () => {
    const stage = await doctorStage();
    const run = await stage.doctor(configure(stage, { strem: {} }));
    const message = run.checks().get('configuration')?.message;
    expect(message).toMatch(/strem: is not known here\. Did you mean "stream"\?/);
  });

  test.each([
    [0o644, 'is open to other users: chmod 600 it'],
    [null, 'does not exist'],
  ])('a secret file of mode %s is red', async (mode, words) => {
    const stage = await doctorStage();
    const file = join(stage.dir, 'token');
    if (mode !== null) writeFileSync(file, SECRETS.apiSecret, { mode });
    const run = await stage.doctor(configure(stage, streamProfile(stage, { file: 'token' })));
    expect(run.code).toBe(1);
    expect(run.checks().get('mode')).toMatchObject({
      state: 'fault',
      message: `${file} ${words}.`,
    });
    expect(run.out).not.toContain(SECRETS.apiSecret);
  });

  test('none at all is red, with the shortest way out', async () => {
    const stage = await doctorStage();
    const empty = Object.fromEntries(Object.keys(stage.env).map((name) => [name, '']));
    const run = await stage.doctor({ ...empty, GDPR_STATE_DIR: stage.state });
    expect([run.code, run.notOk()]).toEqual([1, ['configuration fault']]);
    expect(run.checks().get('configuration')?.next).toContain('export STREAM_API_KEY');
  });

  test('a profile that is not there is red', async () => {
    const stage = await doctorStage();
    const run = await stage.gdpr(['doctor', '--json', '--profile', 'nope']);
    expect(run.checks().get('configuration')?.message).toContain('There is no profile "nope"');
  });

  test('a link that points nowhere is told as the loader tells it', async () => {
    const stage = await doctorStage();
    symlinkSync('nowhere', join(stage.dir, '.gdprrc.json'));
    const run = await stage.doctor();
    expect(run.checks().get('configuration')?.message).toMatch(/\.gdprrc\.json does not exist/);
    expect(run.checks().get('mode')?.message).toMatch(/does not exist/);
  });
});

describe('how it says things', () => {
  test('a line starts with its state in a word; the tally comes last', async () => {
    const stage = await doctorStage();
    const { out } = await stage.gdpr(['doctor'], { STREAM_API_SECRET: 'wrong-secret' });
    const lines = out.trimEnd().split('\n');
    for (const line of lines.slice(0, -1))
      expect(line).toMatch(/^(ok {5}|WARN {3}|FAULT {2}| {7})/);
    expect(lines.at(-1)).toMatch(/^27 checks: 24 ok, 2 warnings, 1 fault\.$/);
    expect(out).not.toContain('\u001b');
  });

  test('--quiet tells only what is not ok', async () => {
    const stage = await doctorStage();
    expect((await stage.gdpr(['doctor', '--quiet'])).out).toBe('');
    const bad = await stage.gdpr(['doctor', '--quiet'], { SENDBIRD_API_TOKEN: 'wrong-token' });
    expect(bad.out).toMatch(/^FAULT  sendbird: /);
    expect(bad.out).not.toMatch(/^ok/m);
    expect(bad.err).toMatch(
      /^1 check found a fault\.\nNothing was changed\. Fix .*: gdpr doctor\n$/,
    );
  });

  test('colour where it is wanted, and not against --no-color or NO_COLOR', async () => {
    const stage = await doctorStage();
    const red = async (args: string[], env: Record<string, string>): Promise<boolean> =>
      (await stage.gdpr(['doctor', ...args], env)).out.includes('\u001b[32mok\u001b[39m ');
    expect(await red([], { FORCE_COLOR: '1' })).toBe(true);
    expect(await red(['--no-color'], { FORCE_COLOR: '1' })).toBe(false);
    expect(await red([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });

  test('--json: the last words are one document on stderr', async () => {
    const stage = await doctorStage();
    const run = await stage.gdpr(['doctor', '--json', '--profile', 'default'], {
      SENDBIRD_API_TOKEN: 'wrong-token',
    });
    expect(JSON.parse(run.err)).toEqual({
      schema: 'gdpr-error/1',
      code: 'faults',
      exit: 1,
      message: '1 check found a fault.',
      next: 'Nothing was changed. Fix what is marked FAULT, then run: gdpr --profile default doctor',
      request_ids: [],
    });
  });

  test('an old Node is red', async () => {
    const run = await (await doctorStage({ host: { node: '22.1.0' } })).doctor();
    expect([run.code, run.notOk()]).toEqual([1, ['node fault']]);
  });

  test('Ctrl-C ends it with 130 and says so', async () => {
    const stop = AbortSignal.abort(130);
    const run = await (await doctorStage({ host: { stop } })).gdpr(['doctor']);
    expect([run.code, run.out]).toEqual([130, '']);
    expect(run.err).toMatch(/^Stopped by Ctrl-C .*\nNothing was changed\./);
  });
});

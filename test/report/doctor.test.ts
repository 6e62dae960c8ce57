import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { checkText, doctorJson, tallyText } from '../../src/report/doctor/check.ts';
import { nodeCheck } from '../../src/report/doctor/config.ts';
import {
  bundleDiskCheck,
  ledgerChecks,
  ledgerDiskCheck,
  overdueCheck,
  stateCheck,
} from '../../src/report/doctor/ledger.ts';
import {
  clockCheck,
  limitsCheck,
  productsCheck,
  reachCheck,
} from '../../src/report/doctor/provider.ts';
import { plainPaint } from '../../src/report/text.ts';
import type { StepError } from '../../src/requests/request.ts';

const FOUND = { kind: 'found', presence: new Map() } as const;

function error(facts: Partial<StepError> = {}): StepError {
  const none = { passing: true, providerCode: null, httpStatus: null };
  return { code: 'unavailable', message: 'It says no', ...none, ...facts };
}

const asked = {
  provider: 'stream' as const,
  account: 'stream:k@https://s.example',
  locked: null,
  lookup: FOUND,
  reads: null,
  limits: new Map(),
  feeds: null,
};

describe('a check as text', () => {
  const long = {
    check: 'stream',
    state: 'fault',
    message: `It ${'was said '.repeat(12)}at length.\nAnd more.`,
    next: 'Do this.',
  } as const;

  test('is a word, what it is about, and lines below it of 80 columns at most', () => {
    const lines = checkText(long, plainPaint).split('\n');
    expect(lines[0]).toMatch(/^FAULT {2}stream: It was said/);
    expect(lines.slice(-2)).toEqual(['       And more.', '       Next: Do this.']);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {7}\S/);
  });

  test('only its word is painted', () => {
    const text = checkText(long, new Chalk({ level: 1 }));
    expect(text.startsWith('\u001b[31mFAULT\u001b[39m  stream: ')).toBe(true);
    expect(text.split('\u001b')).toHaveLength(3);
  });

  test('spells out what would not be seen, or would be obeyed', () => {
    const message = 'path\u001b[2J\u202e/x';
    const text = checkText({ check: 'mode', state: 'ok', message, next: null }, plainPaint);
    expect(text).toBe('ok     mode: path\\u{1b}[2J\\u{202e}/x');
  });

  test('together they are counted, and are one document', () => {
    expect(tallyText([long])).toBe('1 check: 0 ok, 0 warnings, 1 fault.');
    expect(JSON.parse(doctorJson([long]))).toEqual({ schema: 'gdpr-doctor/1', checks: [long] });
  });
});

test.each([
  ['24.15.0', 'ok'],
  ['24.14.9', 'fault'],
  ['25.0.0', 'ok'],
  ['9.99.0', 'fault'],
])('Node %s is %s', (version, state) => {
  expect(nodeCheck(version, '24.15').state).toBe(state);
});

describe('the clock', () => {
  test.each([
    ['stream', 0, 'ok'],
    ['stream', 3_000, 'ok'],
    ['stream', 3_001, 'fault'],
    ['stream', -3_001, 'warning'],
    ['stream', -120_001, 'fault'],
    ['sendbird', 3_001, 'warning'],
    ['sendbird', 60_001, 'fault'],
    ['sendbird', -120_001, 'fault'],
  ] as const)('of %s, %i ms ahead for sure: %s', (provider, ahead, state) => {
    expect(clockCheck(provider, { least: ahead, most: ahead }).state).toBe(state);
  });

  test('what may be no difference is none', () => {
    expect(clockCheck('stream', { least: -9_000, most: 9_000 }).state).toBe('ok');
    expect(clockCheck('stream', null).state).toBe('warning');
  });
});

describe('a folder', () => {
  const well = {
    path: '/state',
    own: { mode: 0o700, uid: 7 },
    blocked: null,
    free: 9e9,
    network: null,
  };

  test.each([
    [{}, 'ok', 'is 700'],
    [{ own: null }, 'ok', 'can be made'],
    [{ own: { mode: 0o700, uid: 0 } }, 'ok', 'is 700'],
    [{ own: { mode: 0o700, uid: 8 } }, 'fault', 'another user (uid 8)'],
    [{ own: { mode: 0o750, uid: 7 } }, 'warning', 'is 750'],
    [{ own: { mode: 0o770, uid: 7 } }, 'fault', 'is 770'],
    [{ network: 'NFS' }, 'fault', 'network file system (NFS)'],
    [{ own: null, network: 'NFS' }, 'fault', 'NFS'],
    [{ blocked: 'the disk is read-only' }, 'fault', 'cannot be written: the disk is read-only.'],
    [{ own: null, blocked: 'x' }, 'fault', 'cannot be made: x.'],
  ])('of the state with %j is %s', (facts, state, words) => {
    const check = stateCheck({ ...well, ...facts }, 7);
    expect([check.state, check.message]).toEqual([state, expect.stringContaining(words)]);
    expect(check.next === null).toBe(state === 'ok');
  });

  test.each([
    [null, 'warning', 'warning'],
    [200e6, 'ok', 'warning'],
    [199e6, 'warning', 'fault'],
    [19e6, 'fault', 'fault'],
    [2e9, 'ok', 'ok'],
  ])('with %s bytes left: %s for the ledger, %s for bundles', (free, ledger, bundles) => {
    expect(ledgerDiskCheck({ ...well, free }).state).toBe(ledger);
    expect(bundleDiskCheck({ ...well, free }).state).toBe(bundles);
  });

  test('for bundles that cannot be written is a fault', () => {
    const check = bundleDiskCheck({ ...well, blocked: 'the disk is read-only' });
    expect(check).toMatchObject({ state: 'fault', next: expect.stringContaining('--out') });
  });
});

describe('reaching a provider', () => {
  test.each([
    ['stream', 'credentials', { providerCode: 2 }, 'compare stream.apiKey'],
    ['stream', 'credentials', { providerCode: 42 }, 'NTP'],
    ['stream', 'credentials', { providerCode: 43 }, 'not that of this key'],
    ['stream', 'credentials', { providerCode: 99 }, 'suspended'],
    ['stream', 'credentials', { providerCode: 5 }, "Stream's dashboard"],
    ['sendbird', 'credentials', { providerCode: 400401 }, 'API token'],
    ['sendbird', 'credentials', { providerCode: 400304 }, 'applicationId'],
    ['sendbird', 'credentials', { providerCode: 403100 }, 'switched off'],
    ['sendbird', 'unavailable', { httpStatus: 502 }, 'status page'],
    ['sendbird', 'unavailable', { httpStatus: 408 }, 'status page'],
    ['stream', 'unavailable', { httpStatus: 404 }, 'Check stream.baseUrl.'],
    ['stream', 'unavailable', { httpStatus: 400, code: 'refused' }, 'dashboard'],
    ['stream', 'unavailable', { message: 'TLS certificate not accepted' }, 'NODE_EXTRA_CA_CERTS'],
    ['sendbird', 'unavailable', { message: 'host name not found' }, 'sendbird.applicationId'],
  ] as const)('%s: %s with %j', (provider, kind, facts, next) => {
    const lookup = { kind, error: error(facts) };
    const check = reachCheck({ ...asked, provider, lookup }, 10_000);
    expect(check).toMatchObject({ check: provider, state: 'fault' });
    expect(check.message).toMatch(/[^.]\.$/);
    expect(check.next).toContain(next);
  });

  test('well, limited, late, and without its secret', () => {
    expect(reachCheck(asked, 10_000).state).toBe('ok');
    const lookup = { kind: 'limited', error: error(), retryAt: null } as const;
    expect(reachCheck({ ...asked, lookup }, 10_000).state).toBe('warning');
    expect(reachCheck({ ...asked, lookup: null }, 10_000).message).toContain('within 10 s');
    const locked = reachCheck({ ...asked, lookup: null, locked: error() }, 10_000);
    expect(locked).toMatchObject({ state: 'fault', message: 'It says no.' });
    expect(locked.next).toContain('Nothing was sent to Stream');
  });
});

describe('limits and products', () => {
  const limit = { limit: 1_000, remaining: 998, window: 60_000 };

  test('limits are told as far as they are known', () => {
    const limits = new Map([
      ['delete_users', limit],
      ['restore_users', null],
    ] as const);
    expect(limitsCheck({ ...asked, limits }).message).toBe(
      'delete_users 1,000 a minute (998 left), restore_users not told',
    );
    const reads = { limit: 100, remaining: 100, window: 5_000 };
    expect(limitsCheck({ ...asked, provider: 'sendbird', reads }).message).toMatch(
      /^look-ups 100 in 5\.0 s;/,
    );
  });

  test('none, and nobody to ask, are worth a word', () => {
    expect(limitsCheck({ ...asked, limits: new Map([['delete_users', null]]) })).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('does not tell'),
    });
    expect(limitsCheck({ ...asked, lookup: null }).state).toBe('warning');
  });

  test.each([
    [['feeds', 'chat'], 'looked', 'ok', /names feeds, and Stream answers.* chat is used\.$/],
    [['chat', 'video'], 'looked', 'ok', /leaves feeds out, and Stream would.* video are used\.$/],
    [['feeds'], 'looked', 'ok', /feed data\.$/],
    [['feeds'], 'not_checkable', 'warning', /It says no\.$/],
    [['chat'], 'not_checkable', 'ok', /leaves feeds out, and Stream answers nothing/],
    [['feeds'], 'unavailable', 'warning', /not known about feeds: It says no\.$/],
    [['feeds'], null, 'warning', /no answer in time\.$/],
  ] as const)('products %j where looking for feeds is %s: %s', (products, kind, state, words) => {
    const feeds =
      kind === 'looked' ? { kind, visible: new Set<string>() } : kind && { kind, error: error() };
    const check = productsCheck({ ...asked, feeds }, products);
    expect([check.state, check.message]).toEqual([state, expect.stringMatching(words)]);
  });
});

describe('the ledger', () => {
  const well = {
    file: '/state/ledger.sqlite',
    version: 3,
    current: true,
    mode: 0o600,
    damage: [],
    orphans: 0,
    requests: 1_204,
    broken: { count: 0, told: [] },
    whole: true,
  };
  const states = (facts: Partial<Parameters<typeof ledgerChecks>[0]>): string[] =>
    ledgerChecks({ ...well, ...facts }).map(({ state }) => state);

  test.each([
    [{}, ['ok', 'ok']],
    [{ current: false }, ['ok', 'ok']],
    [{ damage: ['page 3 is twice there'] }, ['fault', 'ok']],
    [{ orphans: 1 }, ['fault', 'ok']],
    [{ mode: 0o644 }, ['warning', 'ok']],
    [{ broken: { count: 9, told: ['a'] } }, ['ok', 'fault']],
    [{ whole: false }, ['ok', 'warning']],
  ])('with %j: %j', (facts, expected) => {
    expect(states(facts)).toEqual(expected);
  });

  test('broken records are told line by line, the others by their number', () => {
    const [, check] = ledgerChecks({ ...well, broken: { count: 7, told: ['One.', 'Two.'] } });
    expect(check?.message).toBe(
      '7 records do not hold, among 1,204 requests:\nOne.\nTwo.\nand 5 more.',
    );
  });

  test.each([
    [null, 'ok'],
    ['older', 'warning'],
    [{ overdue: 0, soon: 0, first: null }, 'ok'],
    [{ overdue: 0, soon: 2, first: null }, 'warning'],
    [{ overdue: 1, soon: 0, first: null }, 'fault'],
  ] as const)('what presses: %j is %s', (pressing, state) => {
    expect(overdueCheck(pressing, '2026-11-20').state).toBe(state);
  });
});

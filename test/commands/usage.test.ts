import { describe, expect, it, test } from 'vitest';
import { CONFIGURED, setStage } from './stage.ts';

const KEYS = ['schema', 'code', 'exit', 'message', 'next', 'request_ids'];

const wrong: readonly (readonly [string[], RegExp])[] = [
  [['export'], /Nobody is named/],
  [['export', ''], /"" is empty/],
  [['export', '.'], /"\." is a path/],
  [['export', '..'], /"\.\." is a path/],
  [['export', 'a/b'], /"a\/b" holds a slash/],
  [['export', 'a\nb'], /"a\\nb" holds a control character/],
  [['export', 'a\u202eb\u0000'], /a\\u\{202e\}b\\u0000" holds a control/],
  [['export', ' ada'], /begins or ends with white space/],
  [['export', '\ud800'], /half of a character/],
  [['export', 'a'.repeat(81)], /longer than Sendbird's 80/],
  [['export', 'a'.repeat(256)], /longer than Stream's 255/],
  [['export', 'ada', ''], /"" is empty/],
  [['export', '', '--stream-id', 'a', '--sendbird-id', 'b'], /"" is empty/],
  [['export', 'ada', '--stream-id', ''], /"" is empty/],
  [['export', '--sendbird-id', 'a/b'], /"a\/b" holds a slash/],
  [['export', 'ada', 'grace', '--stream-id', 'x'], /go with one user, and 2 are named/],
  [['export', '--stream-id', 'x', '--provider', 'sendbird'], /no provider that is asked/],
  [['export', 'ada', '--received', '2026-11-21'], /in the future \(today is 2026-11-20\)/],
  [['export', 'ada', '--received', '2026-02-30'], /"2026-02-30" is not a day/],
  [['export', 'ada', '--received', '20.11.2026'], /is not a day/],
  [['export', 'ada', '--received', ''], /is not a day/],
  [['export', 'ada', '--rate-share', '0'], /above 0 and at most 1/],
  [['export', 'ada', '--rate-share', '2'], /above 0 and at most 1/],
  [['export', 'ada', '--rate-share', '-1'], /above 0 and at most 1/],
  [['export', 'ada', '--rate-share', 'NaN'], /above 0 and at most 1/],
  [['export', 'ada', '--rate-share', ''], /above 0 and at most 1/],
  [['export', 'ada', '--timeout', '10'], /written like 500ms/],
  [['export', 'ada', '--timeout', '-1s'], /written like 500ms/],
  [['export', 'ada', '--timeout', '1 s'], /written like 500ms/],
  [['export', 'ada', '--timeout', '1e3s'], /written like 500ms/],
  [['export', 'ada', '--poll-interval', '0s'], /shortest interval is 1ms/],
  [['export', 'ada', '--poll-interval', 'Infinity'], /written like 500ms/],
  [['export', 'ada', '--provider', 'Stream'], /one of: stream, sendbird/],
  [['export', 'ada', '--frobnicate'], /unknown option/],
  [['export', 'ada', '--reference'], /argument missing/],
  [['frobnicate'], /unknown command/],
  [['status', 'a', 'b'], /too many arguments/],
  [['status', '--limit', '0'], /whole number above 0/],
  [['status', '--state', 'done'], /one of: open/],
  [['resume', '--timeout', 'soon'], /written like 500ms/],
];

describe('what is not understood', () => {
  test.each(wrong)('gdpr %j: exit 2, nothing made', async (args, sentence) => {
    const stage = setStage({ ...CONFIGURED, TZ: 'UTC' });
    const { code, err, out } = await stage.gdpr(...args);
    expect(err).toMatch(sentence);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(stage.made()).toEqual([]);
  });

  test.each(wrong)('gdpr --json %j: exactly the keys of gdpr-error/1', async (args, sentence) => {
    const stage = setStage();
    const said = await stage.gdpr('--json', ...args);
    const error = said.error();
    expect(Object.keys(error)).toEqual(KEYS);
    expect(error).toMatchObject({
      schema: 'gdpr-error/1',
      code: 'usage',
      exit: 2,
      message: expect.stringMatching(sentence),
      next: expect.stringContaining('Nothing was sent'),
      request_ids: [],
    });
    expect(said.out).toBe('');
    expect(stage.made()).toEqual([]);
  });

  it('lists every id that is refused', async () => {
    const { err } = await setStage().gdpr('export', 'a/b', '..', 'fine');
    expect(err).toContain('"a/b" holds a slash');
    expect(err).toContain('".." is a path');
    expect(err).not.toContain('"fine"');
    expect(err).toContain('Nothing was sent');
  });

  it('takes an id that begins with a dash after --', async () => {
    const { code } = await setStage().gdpr('export', '--dry-run', '--', '--new');
    expect(code).toBe(0);
  });

  it('shows no id raw', async () => {
    const { err } = await setStage().gdpr('export', 'a\u001b[2J\u202e/');
    expect(err).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it('a usage fault comes before a missing configuration', async () => {
    expect((await setStage({}).gdpr('export')).code).toBe(2);
    expect((await setStage({}).gdpr('export', 'a', 'b', '--stream-id', 'c')).code).toBe(2);
  });
});

describe('help', () => {
  it.each([['--help'], ['export', '--help'], ['help', 'status'], ['--version']])(
    '%s %s: exit 0 on stdout, with no credentials',
    async (...args) => {
      const stage = setStage();
      const { code, out, err } = await stage.gdpr(...args.filter((each) => each !== undefined));
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).not.toBe('');
      expect(out).not.toMatch(/canary/);
      expect(stage.made()).toEqual([]);
    },
  );
});

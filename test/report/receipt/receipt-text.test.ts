import { describe, expect, it, test } from 'vitest';
import { receiptText, subjectName } from '../../../src/report/receipt/receipt-text.ts';
import { plainPaint } from '../../../src/report/text.ts';
import { receiptOf } from '../../../src/requests/receipt.ts';
import type { Artifact, Request, Step } from '../../../src/requests/request.ts';
import {
  GONE,
  HARD,
  SOFT,
  STILL_THERE,
  T0,
  access,
  account,
  fault,
  feeds as feedData,
  removal,
  request,
  step,
} from '../../requests/make.ts';

const feeds = (more: Partial<Step> = {}): Step =>
  step({ id: 'req_1/export_feeds', operation: 'export_feeds', ...more });

const file = (
  path: string,
  format: Artifact['format'],
  bytes: number,
  records: number,
): Artifact => ({
  path,
  format,
  bytes,
  records,
  sha256: 'ab'.repeat(32),
});
const FEEDS = file('stream/feeds.json', 'json', 1_200_000, 17);
const USERS = file('stream/users.jsonl', 'jsonl', 3_400_000, 1_204);
const ACCESS = file('sendbird/access.zip', 'zip', 812_000, 3);
const well = (artifact: Artifact): Partial<Step> => ({
  state: 'succeeded',
  finishedAt: T0,
  artifacts: [artifact],
});

/** Without what is not covered, which is the same in all. */
function show(of: Partial<Request>): string {
  const whole = request(of);
  const receipt = { ...receiptOf(whole, '/srv/gdpr-exports/req_1'), not_covered: [] };
  const bundle = receipt.bundle === null ? null : 'gdpr-exports/req_1';
  return receiptText(receipt, { paint: plainPaint, today: '2026-11-21', bundle });
}

describe('receiptText', () => {
  it('completed', () => {
    expect(
      show({
        state: 'completed',
        finishedAt: T0 + 42_000,
        steps: [feeds(well(FEEDS)), step(well(USERS)), access(well(ACCESS))],
      }),
    ).toMatchInlineSnapshot(`
      "Receipt  req_1  export of ada  ZD-1042

        Stream    feeds    ✓  stream/feeds.json      1.2 MB      17 records
                  users    ✓  stream/users.jsonl     3.4 MB   1,204 records
        Sendbird  access   ✓  sendbird/access.zip    812 KB         3 files

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left). Done in 42 s.
        Bundle   gdpr-exports/req_1/
                 check it there with: sha256sum -c SHA256SUMS
        The files may name other people: review before sending."
    `);
  });

  it('partial: one may be cut, one failed', () => {
    const failed = access({
      state: 'failed',
      finishedAt: T0,
      error: fault('file_corrupt', { message: 'the zip is corrupt: entry 2 has another CRC' }),
    });
    expect(
      show({
        state: 'partial',
        finishedAt: T0 + 7_200_000,
        steps: [
          feeds({ state: 'not_found', finishedAt: T0, note: 'no feeds data' }),
          step({ ...well(USERS), whole: false, note: 'may be cut: ask Stream support' }),
          failed,
        ],
      }),
    ).toMatchInlineSnapshot(`
      "Receipt  req_1  export of ada  ZD-1042  (partial)

        Stream    feeds    –  not found
                              no feeds data
                  users    ✓  stream/users.jsonl    3.4 MB   1,204 records
                              may be cut: ask Stream support
        Sendbird  access   ✗  failed
                              the zip is corrupt: entry 2 has another CRC

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left). Ended after 2 h.
        Bundle   gdpr-exports/req_1/
                 check it there with: sha256sum -c SHA256SUMS
        The files may name other people: review before sending."
    `);
  });

  it('failed, in doubt and open', () => {
    const failed = step({
      state: 'failed',
      finishedAt: T0,
      error: fault('task_failed', { message: 'Stream says that the task failed' }),
    });
    expect(
      [
        show({ state: 'failed', finishedAt: T0 + 900, steps: [failed], reference: null }),
        show({ state: 'in_doubt', steps: [access({ state: 'in_doubt', attempts: 1 })] }),
        show({
          state: 'open',
          dueOn: '2026-11-21',
          steps: [feeds(), step({ attempts: 1 }), access({ state: 'accepted' })],
        }),
        show({ state: 'open', dueOn: '2026-11-20', steps: [step({ state: 'reported' })] }),
      ].join('\n\n'),
    ).toMatchInlineSnapshot(`
      "Receipt  req_1  export of ada  (failed)

        Stream    users    ✗  failed
                              Stream says that the task failed

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left). Ended after 0.9 s.

      Receipt  req_1  export of ada  ZD-1042  (in doubt)

        Sendbird  access   ?  in doubt

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left).

      Receipt  req_1  export of ada  ZD-1042  (open)

        Stream    feeds    ·  not sent yet
                  users    ·  tried, not accepted yet
        Sendbird  access   …  running

        Received Fri 20 Nov 2026, due Sat 21 Nov 2026 (today is the last day).

      Receipt  req_1  export of ada  ZD-1042  (open)

        Stream    users    …  ready, not fetched yet

        Received Fri 20 Nov 2026, due Fri 20 Nov 2026 (1 day overdue)."
    `);
  });

  it('shows every file of a step', () => {
    const second = file('stream/users.2.jsonl', 'jsonl', 999, 1);
    const text = show({ steps: [step({ ...well(USERS), artifacts: [USERS, second] })] });
    expect(text).toContain('stream/users.jsonl');
    expect(text).toMatch(/stream\/users\.2\.jsonl +999 B +1 record$/m);
  });

  it('says success nowhere but beside what succeeded', () => {
    for (const state of ['planned', 'intended', 'accepted', 'reported', 'in_doubt'] as const) {
      const text = show({ state: 'open', steps: [step({ state })] });
      expect(text).not.toMatch(/✓|done|completed/i);
    }
  });

  it('has no colour on paper', () => {
    const text = show({ steps: [step(well(USERS)), access({ state: 'failed', finishedAt: T0 })] });
    expect(text).not.toContain('\u001b');
  });

  it('fits 80 columns', () => {
    const id = 'req_01K5Y000000000000000000001';
    const text = show({
      id,
      state: 'completed',
      finishedAt: T0 + 42_000,
      steps: [feeds(well(FEEDS)), step(well(USERS)), access(well(ACCESS))],
    });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

const ended = { state: 'completed', finishedAt: T0 + 42_000, outDir: null } as const;
const erase = (steps: readonly Step[], more: Partial<Request> = {}): string =>
  show({ action: 'erase', mode: 'hard', ...ended, steps, ...more });
const soft = (more: Partial<Step> = {}): readonly Step[] => [
  feedData({ ...GONE, options: {}, ...more }),
  account({ ...GONE, options: SOFT, ...more }),
];
const ART_17 =
  'Hidden at Stream, not erased: Art. 17 is not met. To finish: gdpr erase ada --hard.';

describe('the receipt of an erase', () => {
  it('hard', () => {
    expect(erase([feedData(GONE), account(GONE), removal(GONE)])).toMatchInlineSnapshot(`
      "Receipt  req_1  erase of ada, hard  ZD-1042

        Stream    feed data ✓  removed, with follows in both directions
                               requested 2026-11-20 09:00 UTC
                  account   ✓  removed, with messages, calls and files; 1:1
                               conversations removed, for the other person too
                               requested 2026-11-20 09:00 UTC
        Sendbird  account   ✓  removed; group channels stay (do_not_delete)
                               requested 2026-11-20 09:00 UTC

        Checked   Stream feed data: visible before, not visible 2026-11-20 09:00 UTC:
                  of feeds, activities, comments, bookmarks, bookmark folders and
                  collections the queries return none of this user, hidden activities
                  included; reactions and follows, which no query lists by user, it
                  cannot show
                  Stream account: visible before, not visible 2026-11-20 09:00 UTC:
                  account no longer returned by QueryUsers, which never shows a
                  deleted user: that the data is removed is Stream's word
                  Sendbird account: visible before, not visible 2026-11-20 09:00 UTC:
                  account no longer returned by the user API; messages cannot be
                  looked up by user

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left). Done in 42 s."
    `);
  });

  it('soft, which ends with what is missing', () => {
    const text = erase(soft(), { mode: 'soft' });
    expect(text).toMatchInlineSnapshot(`
      "Receipt  req_1  erase of ada, soft  ZD-1042

        Stream    feed data ✓  hidden, not removed; follows removed in both directions
                               requested 2026-11-20 09:00 UTC
                  account   ✓  hidden, with messages
                               requested 2026-11-20 09:00 UTC

        Checked   Stream feed data: visible before, not visible 2026-11-20 09:00 UTC:
                  of feeds, activities, comments, bookmarks, bookmark folders and
                  collections the queries return none of this user any more: hidden,
                  not removed; reactions and follows, which no query lists by user, it
                  cannot show
                  Stream account: visible before, not visible 2026-11-20 09:00 UTC:
                  account no longer returned by QueryUsers: hidden, and its data is
                  still there

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left). Done in 42 s.
        Hidden at Stream, not erased: Art. 17 is not met. To finish: gdpr erase ada --hard."
    `);
    expect(text.endsWith(ART_17)).toBe(true);
  });

  it('partial: still visible, and what was not sent', () => {
    const failed = feedData({
      state: 'failed',
      attempts: 1,
      intendedAt: T0,
      finishedAt: T0,
      error: fault('task_failed', { message: 'Stream says that the task failed' }),
    });
    const text = erase(
      [failed, account({ state: 'not_sent', finishedAt: T0 }), removal(STILL_THERE)],
      { state: 'partial' },
    );
    expect(text).toMatchInlineSnapshot(`
      "Receipt  req_1  erase of ada, hard  ZD-1042  (partial)

        Stream    feed data ✗  failed
                               requested 2026-11-20 09:00 UTC
                               Stream says that the task failed
                  account   ✗  not sent
        Sendbird  account   ✗  reported done, still visible
                               requested 2026-11-20 09:00 UTC
                               it says still_visible

        Checked   Stream feed data: visible before; not looked at again: it was not
                  done
                  Stream account: visible before; not looked at again: it was not done
                  Sendbird account: visible before, still visible 2026-11-20 09:00
                  UTC:
                  account still returned by the user API

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left). Ended after 42 s."
    `);
    expect(text).not.toContain('✓');
  });

  it('under way: nothing is said to be gone before it is', () => {
    const steps = [
      feedData({ state: 'accepted', intendedAt: T0, acceptedAt: T0 }),
      account({ blocked: true }),
      removal({ state: 'reported', intendedAt: T0, acceptedAt: T0 }),
    ];
    const text = erase(steps, { state: 'open', finishedAt: null });
    expect(text).toMatchInlineSnapshot(`
      "Receipt  req_1  erase of ada, hard  ZD-1042  (open)

        Stream    feed data …  running
                               requested 2026-11-20 09:00 UTC
                  account   ·  waits for feed data
        Sendbird  account   …  reported done, being checked
                               requested 2026-11-20 09:00 UTC

        Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left)."
    `);
    expect(text).not.toMatch(/✓|removed|hidden|Checked/);
  });

  it('with the export before it, its files and the bundle', () => {
    const text = show({
      action: 'erase',
      mode: 'hard',
      ...ended,
      outDir: '/srv/gdpr-exports',
      steps: [step(well(USERS)), access(well(ACCESS)), account(GONE), removal(GONE)],
    });
    expect(text).toMatch(/users +✓ {2}stream\/users\.jsonl/);
    expect(text).toMatch(/account +✓ {2}removed, with messages/);
    expect(text).toContain('Bundle   gdpr-exports/req_1/');
    expect(text).toContain('review before sending');
  });

  it('says what stood before when nobody was there any more', () => {
    const gone = account({
      state: 'succeeded',
      finishedAt: T0,
      note: 'already gone: erased before by req_0',
    });
    const text = erase([gone]);
    expect(text).toMatch(/✓ {2}done\n +already gone: erased before by req_0/);
    expect(text).not.toContain('removed');
  });

  it('fits 80 columns but for its last line', () => {
    const id = 'req_01K5Y000000000000000000001';
    for (const more of [GONE, STILL_THERE, { ...GONE, before: 'not_visible' as const }]) {
      const lines = erase([feedData(more), account(more), removal(more), ...soft(more)], { id })
        .split('\n')
        .filter((line) => !line.includes('Art. 17'));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  it('says what is not covered, unless nobody was there', () => {
    const [done, nobody] = (['completed', 'not_found'] as const).map((state) => {
      const of = request({ action: 'erase', state, outDir: null, steps: [removal(GONE)] });
      return receiptText(receiptOf(of, null), { paint: plainPaint, today: null, bundle: null });
    });
    expect(done).toMatch(/Not covered:\n.*\n {2}- Sendbird Desk, Calls/);
    expect(nobody).not.toContain('Not covered');
  });

  it('changes with every option', () => {
    const options = [
      HARD,
      { ...HARD, files: false },
      { ...HARD, calls: 'soft' },
      { ...HARD, new_channel_owner_id: 'grace' },
      { ...HARD, new_call_owner_id: 'grace' },
      SOFT,
      { user: 'soft' },
      { ...SOFT, messages: 'hard' },
      { ...SOFT, messages: 'pruning' },
      { ...SOFT, conversations: 'soft' },
      { ...SOFT, conversations: 'hard' },
      { ...SOFT, calls: 'hard' },
      { ...SOFT, files: true },
      { user: 'pruning', messages: 'pruning' },
    ];
    const texts = [
      ...options.map((each) => erase([account({ ...GONE, options: each })])),
      ...['do_not_delete', '1_on_1', 'all'].map((each) =>
        erase([removal({ ...GONE, options: { channel_delete_option: each } })]),
      ),
      ...[true, false].map((each) =>
        erase([feedData({ ...GONE, options: { hard_delete: each } })]),
      ),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });
});

const subject = (userId: string, streamId = userId, sendbirdId: string | null = userId) => ({
  subject: { userId, streamId, sendbirdId },
});

describe('the line about Art. 17', () => {
  test.each([
    ['plain', subject('ada'), 'gdpr erase ada --hard.'],
    ['quoted', subject("a'; rm b"), `gdpr erase 'a'\\''; rm b' --hard.`],
    ['not a flag', subject('-all'), 'gdpr erase --hard -- -all.'],
    ['ids of its own', subject('ada', 's 7', 'b'), "ada --stream-id 's 7' --sendbird-id b --hard."],
    ['no account there', subject('ada', 'ada', null), 'ada --provider stream --hard.'],
    ['nothing raw', subject('a\u202eb'), "gdpr erase $'a\\U0000202eb' --hard."],
  ])('names the same person: %s', (_, more, words) => {
    const text = erase(soft(), more);
    expect(text.endsWith(words)).toBe(true);
  });

  it.each([
    ['hard', [feedData(GONE), account(GONE)]],
    ['nothing done yet', [account({ state: 'accepted', options: SOFT })]],
    ['nothing there', [account({ state: 'not_found', finishedAt: T0, options: SOFT })]],
    ['Sendbird alone', [removal(GONE)]],
  ])('is absent where Stream hid nothing: %s', (_, steps) => {
    expect(erase(steps)).not.toContain('Art. 17');
  });

  it.each([
    ['open', { state: 'open', finishedAt: null } as const, soft()],
    [
      'still visible',
      { state: 'partial' } as const,
      soft().map((each) => ({ ...each, ...STILL_THERE })),
    ],
    [
      'the account still visible',
      { state: 'partial' } as const,
      [soft()[0] ?? feedData(), account({ ...STILL_THERE, options: SOFT })],
    ],
  ])('is absent before it is hidden: %s', (_, more, steps) => {
    expect(erase(steps, more)).not.toContain('Art. 17');
  });

  it.each([
    ['files', { ...HARD, files: false }, 'uploaded files', '--hard --files.'],
    ['calls', { ...HARD, calls: 'soft' }, 'calls', '--hard --calls hard.'],
    [
      'both',
      { ...HARD, calls: 'soft', files: false },
      'calls and uploaded files',
      '--hard --calls hard --files.',
    ],
  ])('names what a weakened hard erase has left: %s', (_, options, what, flags) => {
    const text = erase([feedData(GONE), account({ ...GONE, options })]);
    expect(text).toContain(
      `Not erased at Stream: ${what}. Art. 17 is not met. To finish: gdpr erase ada ${flags}`,
    );
    expect(text).not.toContain('Hidden at Stream');
  });

  it('overrules what was asked for softer, and might be asked for again', () => {
    const text = erase([account({ ...GONE, options: { ...SOFT, calls: 'soft' } })]);
    expect(text.endsWith('To finish: gdpr erase ada --hard --calls hard.')).toBe(true);
  });

  it('stands also where something else went wrong', () => {
    expect(erase([...soft(), removal(STILL_THERE)], { state: 'partial' })).toContain(ART_17);
  });
});

it('the receipt of a restore', () => {
  const back = step({
    operation: 'restore_users',
    state: 'succeeded',
    intendedAt: T0,
    acceptedAt: T0,
    finishedAt: T0 + 1_000,
    before: 'not_visible',
    after: 'visible',
    lookedAt: T0 + 1_000,
    note: 'feed data, follows and memberships do not come back',
  });
  const none = access({
    operation: 'restore_users',
    state: 'unsupported',
    finishedAt: T0,
    note: 'Sendbird has no restore: a deletion there is permanent',
  });
  const of = { action: 'restore', ...ended } as const;
  expect(show({ ...of, steps: [back, none] })).toMatchInlineSnapshot(`
    "Receipt  req_1  restore of ada  ZD-1042

      Stream    account  ✓  back: the account and nothing else
                            requested 2026-11-20 09:00 UTC
                            feed data, follows and memberships do not come back
      Sendbird  account  –  not possible here
                            Sendbird has no restore: a deletion there is permanent

      Checked   Stream account: not visible before, visible 2026-11-20 09:00 UTC:
                account returned by QueryUsers again; it does not show what else
                came back

      Received Fri 20 Nov 2026, due Mon 21 Dec 2026 (30 days left). Done in 42 s."
  `);
  const vain = show({
    ...of,
    state: 'partial',
    steps: [step({ ...back, ...STILL_THERE, operation: 'restore_users', after: 'not_visible' })],
  });
  expect(vain).toMatch(/✗ {2}reported done, not visible/);
  expect(vain).not.toContain('✓');
});

/** What a terminal obeys, or turns the reading direction of. */
const HARM = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe.each([
  ['an escape sequence', 'a\u001b]0;pwned\u0007b'],
  ['a C1 escape', 'a\u009b2Jb'],
  ['a bidi override', 'ada\u202egnp.exe'],
  ['a bidi isolate', '\u2067ada\u2069'],
  ['a line break', 'ada\nReceipt  req_2'],
  ['a line separator', 'ada\u2028b'],
  ['a zero width space', 'a\u200bda'],
  ['a tag', 'ada\u{e0041}'],
])('%s', (_, text) => {
  it('does not reach the terminal as id or reference', () => {
    const shown = show({
      subject: { userId: text, streamId: 'ada', sendbirdId: 'ada' },
      reference: text,
      steps: [step()],
    });
    expect(shown).not.toMatch(HARM);
    expect(shown.split('\n')).toHaveLength(show({ steps: [step()] }).split('\n').length);
  });
});

test.each([
  ['ada', 'ada'],
  ['ada@example.com', 'ada@example.com'],
  ['Ünïcode_1', 'Ünïcode_1'],
  ['a b', '"a b"'],
  ['', '""'],
  ["a'b", '"a\'b"'],
  ['a"b', '"a\\"b"'],
  ['a\u3164b', '"a\\u{3164}b"'],
  ['-rf', '-rf'],
  ['a'.repeat(80), 'a'.repeat(80)],
  ['a'.repeat(101), `"${'a'.repeat(100)}…"`],
])('the subject %j is called %s', (id, name) => {
  expect(subjectName(id)).toBe(name);
});

describe('receiptText of what was done by hand', () => {
  const closing = { reason: 'answered by phone;\u001b[2J no more', operator: 'joe', at: T0 };

  it('says by whom, when and why it was closed, and what was left', () => {
    const steps = [feedData({ state: 'accepted' }), removal(GONE)];
    const text = show({ action: 'erase', state: 'closed', closing, finishedAt: T0, steps });
    expect(text).toContain('(closed)');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'Closed by hand by joe on 2026-11-20 09:00 UTC: answered by phone;\\u{1b}[2J no more Not finished then, and not followed any more: Stream feed data.',
    );
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it('says that the deadline was extended, from which day, and goes by the new one', () => {
    const extension = { until: '2027-01-20', reason: 'many', operator: 'joe', at: T0 };
    const text = show({ extension, steps: [access()] });
    expect(text).toContain('due Wed 20 Jan 2027 (60 days left)');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'Extended once (Art. 12(3)), before it was due on Mon 21 Dec 2026, by joe on 2026-11-20 09:00 UTC: many',
    );
  });

  it('stays within 80 columns', () => {
    const reason = 'a reason of many words '.repeat(12);
    const extension = { until: '2027-01-20', reason, operator: 'joe', at: T0 };
    const lines = show({ extension, closing: { ...closing, reason } }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

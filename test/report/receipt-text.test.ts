import { describe, expect, it, test } from 'vitest';
import { plainPaint } from '../../src/report/paint.ts';
import { receiptText, subjectName } from '../../src/report/receipt-text.ts';
import { receiptOf } from '../../src/requests/receipt.ts';
import type { Artifact, Request, Step } from '../../src/requests/request.ts';
import { T0, access, fault, request, step } from '../requests/make.ts';

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

import { describe, expect, it, test } from 'vitest';
import { previewJson } from '../../src/report/plan/plan-text.ts';
import { previewText } from '../../src/report/plan/preview-text.ts';
import { eraseTotals } from '../../src/requests/plan/erase.ts';
import type { Subject } from '../../src/requests/request.ts';
import { SENDBIRD, STREAM } from '../requests/make.ts';
import {
  AT_SENDBIRD,
  AT_STREAM,
  type EraseParts,
  INTAKE,
  TEMPO,
  type Whole,
  eraseWish,
  erasure,
  presence,
  restoration,
  seen,
  sightings,
  subject,
} from '../requests/proposals.ts';

const CALENDAR = {
  dayOf: (at: number) => new Date(at).toISOString().slice(0, 10),
  today: '2026-11-20',
};
const text = ({ preview }: Whole) => previewText(preview, CALENDAR);
const words = (parts: EraseParts = {}) => text(erasure(parts));
/** Of ada with these ids, however the lines are broken. */
const wordsOf = (ids: Partial<Subject>, targets = [AT_STREAM, AT_SENDBIRD]) =>
  words({ subjects: [subject('ada', ids)], targets }).replaceAll(/\s+/g, ' ');

describe('the words of an erase', () => {
  it('says what goes for good', () => {
    const limits = new Map([
      [
        'delete_users' as const,
        { limit: 6, remaining: 6, window: 60_000, resetAt: 0, perSecond: null },
      ],
    ]);
    const facts = {
      sightings: sightings(
        seen({ feeds: new Set(['ada']) }),
        seen({ ids: { ada: presence({ name: 'Ada', lastSeenAt: null, deactivated: true }) } }),
      ),
      tempo: { limits, share: 0.8, at: 0 },
    };
    expect(words({ mode: 'hard', facts })).toMatchInlineSnapshot(`
      "Found     Stream: Ada L., created 3 Mar 2024, last seen yesterday
                Stream feed data: there is some
                Sendbird: Ada, created 3 Mar 2024, deactivated
      This will erase ada for good, in profile production (Stream app key, Sendbird
      app app):

        Stream    feed data  removed; cannot be undone
                  follows    removed for good, in both directions; cannot be undone
                  account    removed; cannot be undone
                  messages   removed; cannot be undone
                  1:1 chats  removed, for the other person too; cannot be undone
                  1:1 calls  removed, for the other person too; cannot be undone
                  files      every file they uploaded removed; cannot be undone
                  channels   those they own go to a user that Stream makes up
                             (delete-user-…)
                  calls      those they own go to a user that Stream makes up
                             (delete-user-…)
        Sendbird  account    removed: Sendbird knows no soft delete; cannot be undone
                  messages   removed with the account; cannot be undone
                  channels   group channels stay (do_not_delete)

      3 calls, a few seconds. Nothing else is touched."
    `);
  });

  it('says what is only hidden, and what that does not mean', () => {
    expect(words()).toMatchInlineSnapshot(`
      "Found     not looked up
      This will hide ada at Stream, and erase at Sendbird for good, in profile
      production (Stream app key, Sendbird app app):

        Stream    feed data  hidden, rows kept; cannot be undone
                  follows    removed for good, in both directions; cannot be undone
                  account    hidden, its data kept; can be restored: gdpr restore
                  messages   hidden, content kept; may stay hidden after a restore
                  1:1 chats  untouched
                  1:1 calls  untouched
                  files      untouched
        Sendbird  account    removed: Sendbird knows no soft delete; cannot be undone
                  messages   removed with the account; cannot be undone
                  channels   group channels stay (do_not_delete)

      Hidden is not erased: only gdpr erase --hard meets Art. 17.
      3 calls, a few seconds. Nothing else is touched."
    `);
  });

  const soft: EraseParts = {};
  const hard: EraseParts = { mode: 'hard' };
  const first: EraseParts = { exportFirst: true, details: { ...INTAKE, outDir: '/srv/out' } };
  test.each<[string, EraseParts, EraseParts]>([
    ['mode pruning', soft, { mode: 'pruning' }],
    ['mode hard', soft, hard],
    ['messages pruning', soft, { flags: { messages: 'pruning' } }],
    ['messages hard', soft, { flags: { messages: 'hard' } }],
    ['conversations soft', soft, { flags: { conversations: 'soft' } }],
    [
      'conversations hard',
      { flags: { conversations: 'soft' } },
      { flags: { conversations: 'hard' } },
    ],
    ['calls soft', soft, { flags: { calls: 'soft' } }],
    ['calls hard', { flags: { calls: 'soft' } }, { flags: { calls: 'hard' } }],
    ['files', soft, { flags: { files: true } }],
    ['calls soft in hard', hard, { mode: 'hard', flags: { calls: 'soft' } }],
    ['no files in hard', hard, { mode: 'hard', profile: { files: false } }],
    ['a channel owner', hard, { mode: 'hard', flags: { new_channel_owner_id: 'bob' } }],
    ['a call owner', hard, { mode: 'hard', flags: { new_call_owner_id: 'bob' } }],
    ['1:1 channels at Sendbird', soft, { channels: '1_on_1' }],
    ['all channels at Sendbird', { channels: '1_on_1' }, { channels: 'all' }],
    ['only Stream', soft, { targets: [AT_STREAM] }],
    ['only Sendbird', soft, { targets: [AT_SENDBIRD] }],
    ['no feeds', soft, { targets: [{ ...AT_STREAM, operations: ['export_users'] }, AT_SENDBIRD] }],
    ['an export first', soft, first],
    ['elsewhere', first, { ...first, details: { ...INTAKE, outDir: '/srv/other' } }],
    ['a partial export will do', first, { ...first, acceptPartial: true }],
    ['somebody else', soft, { subjects: [subject('grace')] }],
    ['two', soft, { subjects: [subject('ada'), subject('grace')] }],
  ])('change with %s', (_, before, after) => {
    expect(words(after)).not.toBe(words(before));
  });

  it.each([
    ['both channel owners', { new_channel_owner_id: 'bob' }, { new_call_owner_id: 'bob' }],
    ['shared things', { conversations: 'hard' }, { calls: 'hard' }],
  ] as const)('tell options apart that are alike: %s', (_, one, other) => {
    const mode = 'new_call_owner_id' in other ? 'hard' : 'soft';
    expect(words({ mode, flags: one })).not.toBe(words({ mode, flags: other }));
  });

  it.each([
    ['files', { files: false }, {}, 'uploaded files', '--files'],
    ['calls', {}, { calls: 'soft' }, 'calls', '--calls hard'],
    [
      'both',
      { files: false, calls: 'soft' },
      {},
      'calls and uploaded files',
      '--calls hard --files',
    ],
  ] as const)('promise no erasure for good without %s', (_, profile, flags, what, how) => {
    const said = words({ mode: 'hard', profile, flags }).replaceAll(/\s+/g, ' ');
    expect(said).toContain(
      'This will erase ada, but at Stream not all of what is theirs, in profile',
    );
    expect(said).not.toContain('This will erase ada for good');
    expect(said).toContain(
      `Not erased at Stream: ${what}. Art. 17 is not met by that; with ${how}`,
    );
  });

  it('say that feed data stays where the company is said to use none', () => {
    const chat = { ...AT_STREAM, operations: ['export_users'] as const };
    expect(words({ mode: 'hard', targets: [chat] })).toContain(
      'feed data  stays: not asked for (stream.products has no feeds)',
    );
  });

  it('count the calls as the least there can be where somebody may be unknown', () => {
    const two = [subject('ada'), subject('nobody')];
    const nobody = presence({ visible: false });
    const all = { ada: presence(), nobody: presence() };
    const some = { ada: presence(), nobody };
    const said = (ids: typeof all) =>
      words({ subjects: two, facts: { sightings: sightings(seen({ ids }), seen({ ids })) } });
    expect(said(all)).toMatch(/^4 calls,/m);
    expect(said(some)).toMatch(/^At least 4 calls,/m);
    const one = sightings(seen({ ids: { ada: nobody } }), seen({ ids: { ada: nobody } }));
    expect(words({ facts: { sightings: one } })).toMatch(/^3 calls,/m);
  });

  it('names what others lose, and what no soft mode saves', () => {
    expect(words(hard)).toContain('1:1 chats  removed, for the other person too');
    expect(words({ channels: 'all' })).toMatch(/for everybody\s+\(all\)/);
    expect(words()).toContain('follows    removed for good, in both directions; cannot be undone');
    expect(words()).toContain('Sendbird knows no soft delete');
    expect(words()).toContain('can be restored: gdpr restore');
    expect(words(hard)).not.toContain('can be restored');
    expect(words(hard)).not.toContain('Hidden is not erased');
  });

  it('keeps to 80 columns', () => {
    const facts = {
      sightings: sightings(
        seen({ feeds: new Set() }),
        seen({ ids: { ada: presence({ visible: false }) } }),
      ),
      owners: new Map([['bob', presence({ name: 'B'.repeat(300) })]]),
      earlier: () => 'req_01K5Y000000000000000000001',
      refusals: [
        { message: `Refused: ${'because '.repeat(20)}`, next: 'Nothing was sent. Add --yes' },
      ],
    };
    for (const mode of ['soft', 'pruning', 'hard'] as const) {
      for (const channels of ['do_not_delete', '1_on_1', 'all'] as const) {
        const lines = words({ ...first, mode, channels, facts }).split('\n');
        expect(lines.filter((line) => line.length > 80)).toEqual([]);
      }
    }
  });

  it('shows a name that somebody gave themselves only where it is harmless', () => {
    const name = 'Ada\u001b[2J\u202e\nType bob';
    const facts = { sightings: sightings(seen({ ids: { ada: presence({ name }) } })) };
    expect(words({ facts })).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(words({ facts })).not.toMatch(/^Type bob/m);
  });

  it('say where, with the ids that one person has there', () => {
    const sendbird = 'Sendbird app app; there: ada-sb';
    expect(wordsOf({ sendbirdId: 'ada-sb' })).toContain(
      `, in profile production (Stream app key, ${sendbird}):`,
    );
    expect(wordsOf({ streamId: 'a b' })).toContain(
      '(Stream app key; there: "a b"; Sendbird app app):',
    );
    expect(wordsOf({ streamId: 'a-st', sendbirdId: 'ada-sb' })).toContain(
      `(Stream app key; there: a-st; ${sendbird}):`,
    );
    expect(wordsOf({ sendbirdId: null })).toContain('(Stream app key):');
    expect(wordsOf({ sendbirdId: 'ada-sb' }, [AT_STREAM])).not.toContain('ada-sb');
  });

  it('name the first of several who have other ids, seen or not', () => {
    const people = Array.from({ length: 22 }, (_, at) =>
      subject(`u${at}`, { sendbirdId: `s${at}` }),
    );
    const wish = eraseWish({ subjects: [subject('ada'), ...people] });
    const unseen = eraseTotals(wish);
    unseen.addUnseen(wish.subjects);
    const dry = unseen.preview({ owners: new Map(), tempo: TEMPO });
    const looked = words({ subjects: [...wish.subjects] });
    for (const said of [previewText(dry, CALENDAR, true), looked]) {
      expect(said).toContain('There     u0: s0 at Sendbird\n          u1: s1 at Sendbird\n');
      expect(said).toContain('          u19: s19 at Sendbird\n          and 2 people more\n');
      expect(said).not.toContain('there: ');
    }
  });

  it('reports the guards of a dry run, and that nobody was looked up', () => {
    const refusals = [{ message: 'Refused: too many.', next: 'Nothing was sent. Add --max 3' }];
    const plan = erasure({ facts: { refusals } });
    expect(text(plan)).not.toContain('Nobody was called');
    const said = previewText(plan.preview, CALENDAR, true).replaceAll(/\s+/g, ' ');
    expect(said).toContain('Would be refused: too many. Add --max 3');
    expect(said).toContain('Found not looked up');
    expect(said).toContain('Nobody was called and nothing was recorded.');
  });
});

describe('what was found', () => {
  const people = Array.from({ length: 30 }, (_, index) => `user-${index}`);

  it('of many: how many are visible, who is not, and the first by name', () => {
    const ids = Object.fromEntries(
      people.map((id, index) => [id, presence({ name: `N ${id}`, visible: index > 1 })]),
    );
    const facts = {
      sightings: sightings(seen({ ids, feeds: new Set(['user-5']) }), seen({ ids })),
    };
    const said = words({ subjects: people.map((id) => subject(id)), facts });
    expect(said).toContain('Stream: 28 of 30 accounts visible');
    expect(said).toContain('deleted already): user-0 and user-1');
    expect(said).toContain('Stream feed data: 1 of 30 people have some');
    expect(said).toContain('user-2: N user-2, created 3 Mar 2024');
    expect(said).toContain('and 8 people more');
    expect(said.split('\n').length).toBeLessThan(60);
  });

  it('of many: another name at the other provider is told as well', () => {
    const two = ['ada', 'bob'];
    const stream = Object.fromEntries(two.map((id) => [id, presence({ name: `A ${id}` })]));
    const sendbird = { ...stream, bob: presence({ name: 'Robert' }) };
    const facts = { sightings: sightings(seen({ ids: stream }), seen({ ids: sendbird })) };
    const said = words({ subjects: two.map((id) => subject(id)), facts });
    expect(said).toMatch(/bob: A bob, .* · Sendbird: Robert/s);
    expect(said).not.toContain('Sendbird: A ada');
  });

  it('of many: no more than twenty odd ids, earlier erases and refusals are told', () => {
    const odd = people.map((id) => subject(`${id} x`));
    const refusals = people.map((id) => ({ message: `Refused: ${id} waits.`, next: 'Wait.' }));
    const said = words({ subjects: odd, facts: { earlier: () => 'req_0', refusals } });
    expect(said.match(/^Note: "user-/gm)).toHaveLength(20);
    expect(said).toContain('Note: and 10 more such ids');
    expect(said.match(/was deleted before at/g)).toHaveLength(20);
    expect(said).toContain('          and 40 more');
    expect(said.match(/^Would be refused: user-/gm)).toHaveLength(20);
    expect(said).toContain('Would be refused: for 10 more reasons');
  });

  it('names an earlier erase', () => {
    expect(words({ facts: { earlier: () => 'req_0' } })).toContain(
      'ada was deleted before at Stream: req_0',
    );
  });
});

describe('the words of a restore', () => {
  it('says what comes back, and what does not', () => {
    const found = new Map([
      ['stream' as const, seen({ ids: { ada: presence({ visible: false }) } })],
    ]);
    expect(text(restoration({ sightings: found }))).toMatchInlineSnapshot(`
      "Found     Stream: not visible here (never there, hidden, or deleted already)
      This will bring back ada at Stream, in profile production (Stream app key,
      Sendbird app app):

        Stream    account    shown again, with its own data
                  feed data  does not come back
                  follows    do not come back
                  channels   memberships do not come back
                  messages   and reactions may stay hidden: Stream promises the
                             account only
        Sendbird  account    no restore here: a deletion at Sendbird is permanent

      1 call, a few seconds."
    `);
  });

  it('says when there is nothing to do', () => {
    const said = text(restoration({ sightings: new Map([['stream', seen()]]) }));
    expect(said).toContain(
      'There is nothing to restore of ada, visible at Stream already, in profile',
    );
    expect(said).toContain('Nothing is sent.');
    expect(said).not.toContain('shown again');
    const active = restoration({
      targets: [AT_STREAM],
      sightings: new Map([['stream' as const, seen()]]),
    });
    expect(text(active)).toMatch(
      /in profile\s+production \(Stream app key\)\.\n\nNothing is sent\.$/,
    );
  });

  it('of Sendbird alone, where nobody looks, does not call itself a dry run', () => {
    const said = text(restoration({ targets: [AT_SENDBIRD] }));
    expect(said).not.toContain('nothing was recorded');
    expect(said).not.toContain('shown again');
  });
});

describe('the documents of a plan', () => {
  const parts = { subjects: [subject('ada'), subject('grace')], mode: 'hard' } as const;

  it('say of each request what it is, and what the run is', () => {
    const { page, preview } = erasure(parts);
    const [ada, grace] = page.requests.map((request, index) =>
      JSON.parse(previewJson(request, page.found[index] ?? [], preview)),
    );
    expect(ada).toMatchObject({
      schema: 'gdpr-plan/1',
      subject: { user_id: 'ada' },
      profile: 'production',
      accounts: { stream: STREAM, sendbird: SENDBIRD },
      calls: 3,
      found: [{ subject_id: 'ada' }, { subject_id: 'ada' }],
      needs: 'typed',
      guards: [],
      run: {
        subjects: 2,
        calls: { delete_feeds: 2, delete_users: 1, delete: 1 },
        least_seconds: null,
      },
    });
    expect(grace.found[0].subject_id).toBe('grace');
  });

  it('have the same keys however large the run is', () => {
    const { page, preview } = erasure(parts);
    const [request] = page.requests;
    if (request === undefined) throw new Error('nothing is planned');
    const whole = { ...preview, subjects: 1_000_000, calls: new Map() };
    const document = JSON.parse(previewJson(request, page.found[0] ?? [], whole));
    expect(document.run).toEqual({ subjects: 1_000_000, calls: {}, least_seconds: null });
    expect(Object.keys(document)).toEqual(
      Object.keys(JSON.parse(previewJson(request, page.found[0] ?? [], preview))),
    );
  });
});

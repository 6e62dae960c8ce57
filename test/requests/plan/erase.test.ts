import { describe, expect, it, test } from 'vitest';
import { SENDBIRD, STREAM, T0 } from '../make.ts';
import {
  AT_SENDBIRD,
  AT_STREAM,
  INTAKE,
  erasure,
  presence,
  seen,
  sightings,
  subject,
} from '../proposals.ts';

const HARD = { user: 'hard', messages: 'hard', conversations: 'hard', calls: 'hard', files: true };

describe('planErase', () => {
  it('is one request a subject: feed data, the Stream user, Sendbird', () => {
    const { requests, action } = erasure({ mode: 'hard' }).page;
    expect(action).toBe('erase');
    const step = { before: null, earlier: null, subjectId: 'ada' };
    expect(requests).toEqual([
      {
        id: 'req_1',
        action: 'erase',
        mode: 'hard',
        subject: subject('ada'),
        ...INTAKE,
        acceptPartial: false,
        steps: [
          {
            ...step,
            id: 'req_1/delete_feeds',
            provider: 'stream',
            operation: 'delete_feeds',
            account: STREAM,
            options: { hard_delete: true },
          },
          {
            ...step,
            id: 'req_1/delete_users',
            provider: 'stream',
            operation: 'delete_users',
            account: STREAM,
            options: HARD,
          },
          {
            ...step,
            id: 'req_1/delete',
            provider: 'sendbird',
            operation: 'delete',
            account: SENDBIRD,
            options: { channel_delete_option: 'do_not_delete' },
          },
        ],
      },
    ]);
  });

  test.each([
    ['soft', false],
    ['pruning', false],
    ['hard', true],
  ] as const)('%s: feed data is removed (%s) or hidden', (mode, hard) => {
    const [feeds] = erasure({ mode }).page.requests[0]?.steps ?? [];
    expect(feeds?.options).toEqual({ hard_delete: hard });
  });

  it('deletes no feed data where the company uses no feeds', () => {
    const chat = { ...AT_STREAM, operations: ['export_users'] as const };
    const { page, preview: plan } = erasure({ targets: [chat] });
    expect(page.requests[0]?.steps.map(({ operation }) => operation)).toEqual(['delete_users']);
    expect(plan.effects.map(({ what }) => what)).not.toContain('follows');
    expect(plan.effects[0]).toMatchObject({ what: 'feed_data', how: 'untouched', undo: null });
    expect(plan.needs).toBe('answered');
  });

  it('uses the id of each provider, and leaves out who has none there', () => {
    const [first, second] = erasure({
      subjects: [
        subject('x', { streamId: 's', sendbirdId: 'b' }),
        subject('y', { streamId: null }),
      ],
    }).page.requests;
    expect(first?.steps.map(({ subjectId }) => subjectId)).toEqual(['s', 's', 'b']);
    expect(second?.steps.map(({ operation }) => operation)).toEqual(['delete']);
    expect([first?.mode, second?.mode]).toEqual(['soft', null]);
  });

  it('--export-first: every export comes before', () => {
    const details = { ...INTAKE, outDir: '/srv/out' };
    const { page: plan, preview } = erasure({ exportFirst: true, acceptPartial: true, details });
    expect(plan.requests[0]).toMatchObject({ outDir: '/srv/out', acceptPartial: true });
    expect(plan.requests[0]?.steps.map(({ operation }) => operation)).toEqual([
      'export_feeds',
      'export_users',
      'delete_feeds',
      'delete_users',
      'access',
      'delete',
    ]);
    expect(preview).toMatchObject({ exportsTo: '/srv/out', acceptPartial: true });
    expect(preview.calls.get('access')).toBe(1);
  });

  it('keeps what was seen before, for each step of its own', () => {
    const stream = seen({ ids: { ada: presence() }, feeds: new Set(['grace']) });
    const sendbird = seen({ ids: { ada: presence({ visible: false }) } });
    const { page: plan } = erasure({ facts: { sightings: sightings(stream, sendbird) } });
    expect(plan.requests[0]?.steps.map(({ before }) => before)).toEqual([
      'not_visible',
      'visible',
      'not_visible',
    ]);
    expect(plan.found.flat().map(({ feeds }) => feeds)).toEqual(['not_visible', null]);
  });

  it('feed data that cannot be looked up was not seen, and not missed', () => {
    const stream = seen({ feeds: 'not_checkable' });
    const { page: plan } = erasure({ facts: { sightings: sightings(stream) } });
    expect(plan.requests[0]?.steps[0]?.before).toBeNull();
  });

  it('names the earlier erase of the same operation at the same account', () => {
    const asked: string[] = [];
    const { page: plan } = erasure({
      facts: {
        earlier: (account, operation, id) => {
          asked.push(`${account} ${operation} ${id}`);
          return operation === 'delete' ? 'req_0' : null;
        },
      },
    });
    expect(plan.requests[0]?.steps.map(({ earlier }) => earlier)).toEqual([null, null, 'req_0']);
    expect(plan.found.flat().map(({ earlier }) => earlier)).toEqual([null, 'req_0']);
    expect(asked).toContain(`${STREAM} delete_feeds ada`);
  });

  it('counts calls and their time', () => {
    const subjects = Array.from({ length: 250 }, (_, index) => subject(`user-${index}`));
    const tempo = {
      share: 1,
      at: T0,
      limits: new Map([
        [
          'delete_feeds' as const,
          { limit: 100, remaining: 100, window: 60_000, resetAt: T0 + 60_000, perSecond: null },
        ],
      ]),
    };
    const { calls, time } = erasure({ subjects, facts: { tempo } }).preview;
    expect([...calls]).toEqual([
      ['delete_feeds', 250],
      ['delete_users', 3],
      ['delete', 3],
    ]);
    expect(time).toBe(120_000);
  });
});

describe('what it needs', () => {
  const chat = { ...AT_STREAM, operations: ['export_users'] as const };

  it('a yes, only where all of it can be undone', () => {
    expect(erasure({ targets: [chat] }).preview.needs).toBe('answered');
  });

  it.each([
    ['feed data', { targets: [AT_STREAM] }],
    ['Sendbird', { targets: [AT_SENDBIRD] }],
    ['pruning', { targets: [chat], mode: 'pruning' }],
    ['hard', { targets: [chat], mode: 'hard' }],
    ['messages', { targets: [chat], flags: { messages: 'pruning' } }],
    ['conversations', { targets: [chat], flags: { conversations: 'soft' } }],
    ['calls', { targets: [chat], flags: { calls: 'soft' } }],
    ['files', { targets: [chat], flags: { files: true } }],
  ] as const)('the id, typed, with %s', (_, parts) => {
    expect(erasure(parts).preview.needs).toBe('typed');
  });
});

import { describe, expect, it } from 'vitest';
import { type Erasure, erasureOf } from '../../src/requests/plan-restore.ts';
import { SENDBIRD, STREAM } from './make.ts';
import { AT_SENDBIRD, AT_STREAM, presence, restoration, seen, subject } from './proposals.ts';

function erased(options: Record<string, unknown>, more: Partial<Erasure> = {}): Erasure {
  return { subjectId: 'ada', requestId: 'req_0', operation: 'delete_users', options, ...more };
}

const note = (erasures: readonly Erasure[]) =>
  restoration({ targets: [AT_STREAM], erasures }).requests[0]?.steps[0]?.note;

describe('planRestore', () => {
  it('restores at Stream, and says that Sendbird cannot', () => {
    const [request] = restoration().requests;
    expect(request).toMatchObject({ id: 'req_1', action: 'restore', mode: null, outDir: null });
    expect(request?.steps).toMatchObject([
      {
        id: 'req_1/restore_users',
        provider: 'stream',
        operation: 'restore_users',
        account: STREAM,
        subjectId: 'ada',
        options: {},
      },
      { provider: 'sendbird', account: SENDBIRD, state: 'unsupported' },
    ]);
    expect(request?.steps[1]?.note).toContain('a deletion there is permanent');
    expect(new Set(request?.steps.map(({ id }) => id)).size).toBe(2);
  });

  it('sends nothing for who is visible, deactivated or not', () => {
    const ids = { ada: presence(), grace: presence({ visible: false }) };
    const plan = restoration({
      subjects: [subject('ada'), subject('grace')],
      targets: [AT_STREAM],
      sightings: new Map([['stream', seen({ ids })]]),
    });
    expect(plan.requests.map(({ steps }) => steps[0]?.state)).toEqual([
      'already_active',
      undefined,
    ]);
    expect(plan.requests.map(({ steps }) => steps[0]?.before)).toEqual(['visible', 'not_visible']);
    expect([...plan.cost.calls]).toEqual([['restore_users', 1]]);
    expect(plan.needs).toBe('answered');
  });

  it('asks nobody where nothing is sent', () => {
    const active = new Map([['stream' as const, seen()]]);
    expect(restoration({ sightings: active }).needs).toBe('nothing_to_send');
    expect(restoration({ targets: [AT_SENDBIRD] }).needs).toBe('nothing_to_send');
  });

  it('notes what does not come back, and what was deleted harder than soft', () => {
    expect(note([])).toMatch(/feed data and follows, channel memberships/);
    expect(note([erased({ user: 'soft', messages: 'soft' })])).toBe(note([]));
    const harder = note([erased({ user: 'soft', messages: 'hard', files: true })]);
    expect(harder).toContain('req_0 deleted harder than soft: messages hard, files.');
  });
});

describe('erasureOf', () => {
  it('is the last deletion of that user, and of no other', () => {
    const erasures = [
      erased({ user: 'hard' }, { requestId: 'req_1' }),
      erased({ user: 'soft' }, { requestId: 'req_2' }),
      erased({ hard_delete: true }, { requestId: 'req_3', operation: 'delete_feeds' }),
      erased({ user: 'hard' }, { requestId: 'req_4', subjectId: 'Ada' }),
    ];
    expect(erasureOf('ada', erasures)?.requestId).toBe('req_2');
    expect(erasureOf('nobody', erasures)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { type Erasure, standingErasure } from '../../../src/requests/past-erasures.ts';
import { SENDBIRD, STREAM } from '../make.ts';
import { AT_SENDBIRD, AT_STREAM, presence, restoration, seen, subject } from '../proposals.ts';

function erased(options: Record<string, unknown>, more: Partial<Erasure> = {}): Erasure {
  const usual = { subjectId: 'ada', requestId: 'req_0', operation: 'delete_users' } as const;
  return { ...usual, before: 'visible', options, ...more };
}

const note = (erasures: readonly Erasure[]) =>
  restoration({ targets: [AT_STREAM], erasures }).page.requests[0]?.steps[0]?.note;

const earlier = (erasures: readonly Erasure[]) =>
  restoration({ erasures })
    .page.found.flat()
    .map((each) => each.earlier);

const of = (erasures: readonly Erasure[], id = 'ada') =>
  standingErasure(erasures, 'delete_users', id)?.requestId ?? null;

describe('planRestore', () => {
  it('restores at Stream, and says that Sendbird cannot', () => {
    const [request] = restoration().page.requests;
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
    const { page: plan, preview } = restoration({
      subjects: [subject('ada'), subject('grace')],
      targets: [AT_STREAM],
      sightings: new Map([['stream', seen({ ids })]]),
    });
    expect(plan.requests.map(({ steps }) => steps[0]?.state)).toEqual([
      'already_active',
      undefined,
    ]);
    expect(plan.requests.map(({ steps }) => steps[0]?.before)).toEqual(['visible', 'not_visible']);
    expect([...preview.calls]).toEqual([['restore_users', 1]]);
    expect(preview.needs).toBe('answered');
  });

  it('asks nobody where nothing is sent', () => {
    const active = new Map([['stream' as const, seen()]]);
    expect(restoration({ sightings: active }).preview.needs).toBe('nothing_to_send');
    expect(restoration({ targets: [AT_SENDBIRD] }).preview.needs).toBe('nothing_to_send');
  });

  it('notes what does not come back, and what was deleted harder than soft', () => {
    expect(note([])).toMatch(
      /not feed data, follows and channel memberships; messages and reactions may stay/,
    );
    expect(note([erased({ user: 'soft', messages: 'soft' })])).toBe(note([]));
    const harder = note([erased({ user: 'soft', messages: 'hard', files: true })]);
    expect(harder).toContain('req_0 deleted harder than soft: messages hard, files.');
  });

  it('names an earlier deletion at the provider where it happened, and nowhere else', () => {
    const atSendbird = erased({}, { operation: 'delete', requestId: 'req_2' });
    expect(earlier([erased({ user: 'soft' })])).toEqual(['req_0', null]);
    expect(earlier([atSendbird])).toEqual([null, 'req_2']);
  });

  it('brings nothing back, and says so, where nothing is sent', () => {
    const active = restoration({ sightings: new Map([['stream' as const, seen()]]) }).preview;
    expect(active.effects).toMatchObject([{ provider: 'sendbird', how: 'unsupported' }]);
  });
});

describe('standingErasure', () => {
  const hard = erased({ user: 'hard' }, { requestId: 'req_1' });
  it('is the last deletion of that user, and of no other', () => {
    const erasures = [
      erased({ user: 'soft' }, { requestId: 'req_1' }),
      erased({ user: 'soft' }, { requestId: 'req_2' }),
      erased({ hard_delete: true }, { requestId: 'req_3', operation: 'delete_feeds' }),
      erased({ user: 'hard' }, { requestId: 'req_4', subjectId: 'Ada' }),
    ];
    expect(of(erasures)).toBe('req_2');
    expect(of(erasures, 'nobody')).toBeNull();
  });

  it('is a hard one, whatever softer one was sent after somebody who was gone', () => {
    for (const before of ['not_visible', null] as const) {
      const later = erased({ user: 'soft' }, { requestId: 'req_2', before });
      expect(of([hard, later])).toBe('req_1');
    }
    const harder = erased({ user: 'hard' }, { requestId: 'req_3', before: 'not_visible' });
    expect(of([erased({ user: 'soft' }), harder])).toBe('req_3');
  });

  it('is no deletion from before the account was seen again', () => {
    expect(of([hard, erased({ user: 'soft' }, { requestId: 'req_2' })])).toBe('req_2');
  });
});

import { describe, expect, it, test } from 'vitest';
import { judge, judgeNew } from '../../src/requests/conflicts.ts';
import type { Action, PlannedRequest } from '../../src/requests/request.ts';
import { HARD, SOFT, T0, access, account, feeds, removal, request, step } from './make.ts';

function open(id: string, action: Action, more: Parameters<typeof request>[0] = {}) {
  return request({ id, action, steps: [step(), access()], ...more });
}
function wanted(
  action: Action = 'export',
  more: Parameters<typeof request>[0] = {},
): PlannedRequest {
  const { steps, ...of } = open('req_wanted', action, more);
  return { ...of, steps: steps.map((each) => ({ ...each, state: 'planned' })) };
}

const erase = (more: Parameters<typeof request>[0] = {}): Parameters<typeof request>[0] => ({
  mode: 'hard',
  steps: [feeds(), account(), removal()],
  ...more,
});

describe('judge', () => {
  it('does not carry on an erase that would delete more than the plan says', () => {
    const wider = open('req_1', 'erase', erase());
    const narrow = wanted('erase', erase({ steps: [feeds(), account()] }));
    expect(judge(narrow, [wider])).toEqual({ kind: 'conflict', requestId: 'req_1' });
    const gone = { state: 'succeeded', finishedAt: T0 } as const;
    const rest = open('req_1', 'erase', erase({ steps: [feeds(), account(), removal(gone)] }));
    expect(judge(narrow, [rest])).toEqual({ kind: 'carry', requestId: 'req_1' });
  });

  it('records where nothing stands', () => {
    expect(judge(wanted(), [])).toEqual({ kind: 'record' });
  });

  it('carries the same one on, however far it is and whatever its ticket', () => {
    const other = open('req_1', 'export', {
      reference: 'another',
      receivedOn: '2026-10-01',
      steps: [access({ state: 'accepted', checks: 9 }), step({ state: 'succeeded' })],
    });
    expect(judge(wanted(), [other])).toEqual({ kind: 'carry', requestId: 'req_1' });
  });

  it.each([
    ['another subject', { steps: [step({ subjectId: 'grace' }), access()] }],
    ['an id that differs in case', { steps: [step({ subjectId: 'Ada' }), access()] }],
    ['another account', { steps: [step({ account: 'stream:b@https://x' }), access()] }],
    ['fewer steps', { steps: [step()] }],
    ['other options', { steps: [step({ options: { cut: 1 } }), access()] }],
  ])('does not take %s for the same', (_, more) => {
    expect(judge(wanted(), [open('req_1', 'export', more)])).toEqual({ kind: 'record' });
  });

  it('carries on one that does more besides: nothing is asked for twice', () => {
    const other = open('req_1', 'export', {
      steps: [step(), access(), step({ operation: 'export_feeds' })],
    });
    expect(judge(wanted(), [other]).kind).toBe('carry');
  });

  it('knows the same options in another order', () => {
    const other = open('req_1', 'export', { steps: [step({ options: { b: 2, a: 1 } })] });
    const same = wanted('export', { steps: [step({ options: { a: 1, b: 2 } })] });
    expect(judge(same, [other]).kind).toBe('carry');
  });

  it('knows another mode of an erase as another request', () => {
    const other = open('req_1', 'erase', erase({ mode: 'soft' }));
    expect(judge(wanted('erase', erase()), [other])).toEqual({ kind: 'record' });
  });

  it.each([
    ['its options at Stream', [feeds(), account({ options: { ...HARD, files: false } })]],
    ['its options at Sendbird', [removal({ options: { channel_delete_option: 'all' } })]],
    ['another mode', [feeds({ options: {} }), account({ options: SOFT })]],
  ])('knows an erase that differs in %s as another one', (_, steps) => {
    const other = open('req_1', 'erase', erase());
    expect(judge(wanted('erase', erase({ steps })), [other])).toEqual({ kind: 'record' });
  });

  it('carries the same erase on as long as it is open, whatever has failed of it', () => {
    const steps = [
      feeds({ state: 'failed', finishedAt: 1 }),
      account({ state: 'not_sent', finishedAt: 1 }),
      removal({ state: 'accepted' }),
    ];
    const other = open('req_1', 'erase', erase({ steps }));
    expect(judge(wanted('erase', erase()), [other])).toEqual({ kind: 'carry', requestId: 'req_1' });
  });

  it('carries a restore on', () => {
    const steps = [step({ operation: 'restore_users', state: 'in_doubt' })];
    const same = wanted('restore', { steps: [step({ operation: 'restore_users' })] });
    expect(judge(same, [open('req_1', 'restore', { steps })]).kind).toBe('carry');
  });

  describe('an erase that exports first', () => {
    const first = erase({ steps: [step(), access(), feeds(), account(), removal()] });

    it('is carried on by the same, and by the same without the export', () => {
      const other = open('req_1', 'erase', first);
      for (const more of [first, erase()]) {
        expect(judge(wanted('erase', more), [other])).toEqual({
          kind: 'carry',
          requestId: 'req_1',
        });
      }
    });

    it('does not begin while another erase would delete what it exports', () => {
      const other = open('req_1', 'erase', erase());
      expect(judge(wanted('erase', first), [other]).kind).toBe('conflict');
      expect(judgeNew(wanted('erase', first), [other]).kind).toBe('conflict');
    });

    it('is in the way of an erase with other options as long as it exports', () => {
      const soft = erase({ mode: 'soft', steps: [account({ options: SOFT })] });
      const judged = (...exports: Parameters<typeof step>) => {
        const steps = [step(...exports), account()];
        return judge(wanted('erase', soft), [open('req_1', 'erase', erase({ steps }))]).kind;
      };
      expect(judged({ state: 'accepted' })).toBe('conflict');
      expect(judged({ state: 'succeeded', finishedAt: 1 })).toBe('record');
    });

    it('goes on with another say about exports that are cut only after the first', () => {
      const other = open('req_1', 'erase', first);
      expect(judge(wanted('erase', { ...first, acceptPartial: true }), [other]).kind).toBe(
        'conflict',
      );
    });

    it('is in the way of an export, as any erase is', () => {
      expect(judge(wanted(), [open('req_1', 'erase', first)]).kind).toBe('conflict');
      expect(judge(wanted('erase', first), [open('req_1', 'export')]).kind).toBe('conflict');
    });
  });

  test.each([
    ['erase', 'export', 'conflict'],
    ['export', 'erase', 'conflict'],
    ['restore', 'erase', 'conflict'],
    ['erase', 'restore', 'conflict'],
    ['export', 'restore', 'record'],
    ['restore', 'export', 'record'],
  ] as const)('%s while an %s is open: %s', (action, other, kind) => {
    const standing = [open('req_1', other)];
    expect(judge(wanted(action), standing).kind).toBe(kind);
    expect(judgeNew(wanted(action), standing).kind).toBe(kind);
  });

  it('a conflict goes before carrying on', () => {
    const standing = [open('req_same', 'export'), open('req_erase', 'erase')];
    expect(judge(wanted(), standing)).toEqual({ kind: 'conflict', requestId: 'req_erase' });
  });

  it('--new makes another beside the same one', () => {
    expect(judgeNew(wanted(), [open('req_1', 'export')])).toEqual({ kind: 'record' });
  });
});

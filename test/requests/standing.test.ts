import { describe, expect, it, test } from 'vitest';
import type { Action, PlannedRequest } from '../../src/requests/request.ts';
import { judge, judgeNew } from '../../src/requests/standing.ts';
import { access, request, step } from './make.ts';

function open(id: string, action: Action, more: Parameters<typeof request>[0] = {}) {
  return request({ id, action, steps: [step(), access()], ...more });
}
const wanted = (action: Action = 'export', more = {}): PlannedRequest =>
  open('req_wanted', action, more);

describe('judge', () => {
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
    const other = open('req_1', 'erase', { mode: 'soft' });
    expect(judge(wanted('erase', { mode: 'hard' }), [other])).toEqual({ kind: 'record' });
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

import { describe, expect, it } from 'vitest';
import { type ExportTarget, idWarningsOf, planExport } from '../../../src/requests/plan/plan.ts';
import { SENDBIRD, STREAM } from '../make.ts';

const TARGETS: readonly ExportTarget[] = [
  { provider: 'stream', account: STREAM, operations: ['export_feeds', 'export_users'] },
  { provider: 'sendbird', account: SENDBIRD, operations: ['access'] },
];
const INTAKE = {
  reference: 'ZD-1042',
  profile: 'production',
  operator: 'jane',
  receivedOn: '2026-11-20',
  dueOn: '2026-12-21',
  outDir: '/srv/out',
};
const subject = (id: string, more = {}) => ({ userId: id, streamId: id, sendbirdId: id, ...more });

function plan(subjects: readonly ReturnType<typeof subject>[], targets = TARGETS) {
  let ids = 0;
  return planExport(subjects, targets, INTAKE, () => `${(ids += 1)}`);
}

describe('planExport', () => {
  it('is one request a subject, one step for each operation, one subject a step', () => {
    const { requests, action } = plan([subject('ada'), subject('grace')]);
    expect(action).toBe('export');
    expect(requests.flatMap(idWarningsOf)).toEqual([]);
    expect(requests[0]).toEqual({
      id: 'req_1',
      action: 'export',
      mode: null,
      subject: subject('ada'),
      ...INTAKE,
      steps: [
        {
          id: 'req_1/export_feeds',
          provider: 'stream',
          operation: 'export_feeds',
          account: STREAM,
          subjectId: 'ada',
          options: {},
        },
        {
          id: 'req_1/export_users',
          provider: 'stream',
          operation: 'export_users',
          account: STREAM,
          subjectId: 'ada',
          options: {},
        },
        {
          id: 'req_1/access',
          provider: 'sendbird',
          operation: 'access',
          account: SENDBIRD,
          subjectId: 'ada',
          options: {},
        },
      ],
    });
    expect(requests[1]?.id).toBe('req_2');
  });

  it('uses the id of each provider, and leaves out who has none there', () => {
    const [first, second] = plan([
      subject('x', { streamId: 's', sendbirdId: 'b' }),
      subject('y', { streamId: null }),
    ]).requests;
    expect(first?.steps.map((step) => step.subjectId)).toEqual(['s', 's', 'b']);
    expect(second?.steps.map((step) => step.operation)).toEqual(['access']);
  });

  it('warns of an odd id once a provider, not once a step', () => {
    const warnings = plan([subject('a b')]).requests.flatMap(idWarningsOf);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"a b"');
  });
});

import { describe, expect, it } from 'vitest';
import { setStage } from './stage.ts';

describe('export --dry-run', () => {
  it('prints the plan, and leaves no trace', async () => {
    const stage = setStage();
    const { code, out, err } = await stage.gdpr(
      'export',
      'ada',
      '--dry-run',
      '--received',
      '2026-11-20',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatchInlineSnapshot(`
      "Plan  export of ada, due Mon 21 Dec 2026, in profile default (Stream app key-1,
            Sendbird app APP-1)

        Stream    feeds    asked for, downloaded and checked
        Stream    users    asked for, downloaded and checked
        Sendbird  access   asked for, downloaded and checked

      3 calls would start the work. Nobody was called and nothing was recorded.
      "
    `);
    expect(stage.made()).toEqual([]);
  });

  it('--json: one gdpr-plan/1 a line for each request, keys always present', async () => {
    const stage = setStage();
    const { code, out } = await stage.gdpr(
      'export',
      'ada',
      'a b',
      '--dry-run',
      '--json',
      '--received',
      '2026-11-02',
      '--reference',
      'ZD-1',
    );
    expect(code).toBe(0);
    const [first, second] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(Object.keys(first)).toEqual([
      'schema',
      'action',
      'mode',
      'subject',
      'reference',
      'profile',
      'accounts',
      'operator',
      'received_on',
      'due_on',
      'out_dir',
      'steps',
      'calls',
      'warnings',
    ]);
    expect(first).toMatchObject({
      schema: 'gdpr-plan/1',
      action: 'export',
      mode: null,
      subject: { user_id: 'ada', stream_id: 'ada', sendbird_id: 'ada' },
      reference: 'ZD-1',
      operator: 'jane',
      received_on: '2026-11-02',
      due_on: '2026-12-02',
      out_dir: `${stage.dir}/gdpr-exports`,
      calls: 3,
    });
    expect(first.steps.map((step: { operation: string }) => step.operation)).toEqual([
      'export_feeds',
      'export_users',
      'access',
    ]);
    expect(second.warnings[0]).toContain("outside Stream's published pattern");
    expect(out).not.toMatch(/canary/);
    expect(stage.made()).toEqual([]);
  });

  it('uses the ids that are given per provider', async () => {
    const { out } = await setStage().gdpr(
      'export',
      'ada',
      '--sendbird-id',
      'ada-sb',
      '--dry-run',
      '--json',
    );
    const plan = JSON.parse(out);
    expect(plan.subject).toEqual({ user_id: 'ada', stream_id: 'ada', sendbird_id: 'ada-sb' });
    expect(plan.steps.at(-1)).toMatchObject({ operation: 'access', subject_id: 'ada-sb' });
  });

  it('an own id alone asks only that provider', async () => {
    const { out } = await setStage().gdpr('export', '--stream-id', 'ada', '--dry-run', '--json');
    const plan = JSON.parse(out);
    expect(plan.subject).toEqual({ user_id: 'ada', stream_id: 'ada', sendbird_id: null });
    expect(plan.steps.map((step: { provider: string }) => step.provider)).toEqual([
      'stream',
      'stream',
    ]);
  });

  it('takes the same user once', async () => {
    const { out } = await setStage().gdpr('export', 'ada', 'ada', 'Ada', '--dry-run', '--json');
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });
});

import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { GRACE_AT_SENDBIRD } from '../../src/sandbox/sandbox.ts';
import { type Stage, setStage, tree } from './stage.ts';

const FAST = ['--poll-interval', '10ms'];

interface StepView {
  operation: string;
  state: string;
  task_id: string | null;
  note: string | null;
  artifacts: { path: string; bytes: number; sha256: string; records: number }[];
}
interface ReceiptView {
  request_id: string;
  state: string;
  bundle: string | null;
  reference: string | null;
  received_on: string;
  due_on: string;
  subject: Record<string, string | null>;
  steps: StepView[];
}

function receipts(out: string): ReceiptView[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function bundles(stage: Stage): Promise<string[]> {
  const names = await readdir(join(stage.dir, 'gdpr-exports'));
  return names.filter((name) => name.startsWith('req_'));
}

describe('gdpr export', () => {
  test('brings one person from both providers, with a receipt that checks', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'ada', '--reference', 'ZD-1042', ...FAST]);

    expect(run.code).toBe(0);
    const [id = ''] = await bundles(stage);
    const bundle = join(stage.dir, 'gdpr-exports', id);
    expect(await tree(bundle)).toEqual([
      'SHA256SUMS',
      'receipt.json',
      'receipt.txt',
      'sendbird/access.zip',
      'stream/feeds.json',
      'stream/users.jsonl',
    ]);
    expect(run.out).toContain(`Receipt  ${id}  export of ada  ZD-1042`);
    expect(run.out).toMatch(/Stream {4}feeds {4}✓ {2}stream\/feeds\.json/);
    expect(run.out).toContain('review before sending');
    expect(run.out).not.toContain('\u001b');

    const sums = await execa('sha256sum', ['-c', 'SHA256SUMS'], { cwd: bundle });
    expect(sums.stdout.split('\n')).toHaveLength(5);
    expect(await readFile(join(stage.dir, 'gdpr-exports', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('is readable by its owner alone', async () => {
    const stage = await setStage();
    await stage.gdpr(['export', 'ada', ...FAST]);
    const modes: string[] = [];
    for (const root of ['state', 'gdpr-exports']) {
      const entries = await readdir(join(stage.dir, root), {
        recursive: true,
        withFileTypes: true,
      });
      for (const entry of entries) {
        const { mode } = await stat(join(entry.parentPath, entry.name));
        modes.push(`${entry.isDirectory() ? 'folder' : 'file'} ${(mode & 0o777).toString(8)}`);
      }
    }
    expect(new Set(modes)).toEqual(new Set(['folder 700', 'file 600']));
  });

  test('--json prints one receipt a line, the same that stands in the bundle', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'ada', 'linus', '--json', ...FAST]);
    expect(run.code).toBe(0);
    const printed = receipts(run.out);
    expect(printed.map(({ subject }) => subject['user_id'])).toEqual(['ada', 'linus']);
    for (const receipt of printed) {
      const kept = await readFile(join(receipt.bundle ?? '', 'receipt.json'), 'utf8');
      expect(JSON.parse(kept)).toEqual(receipt);
    }
  });

  test('a person whom one provider does not know is completed by the other', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'linus', '--json', ...FAST]);
    expect(run.code).toBe(0);
    const [receipt] = receipts(run.out);
    expect(receipt?.state).toBe('completed');
    expect(receipt?.steps.map(({ operation, state }) => `${operation} ${state}`)).toEqual([
      'export_feeds succeeded',
      'export_users succeeded',
      'access not_found',
    ]);
  });

  test('ids that differ are given per provider', async () => {
    const stage = await setStage();
    const args = ['export', 'grace', '--sendbird-id', GRACE_AT_SENDBIRD, '--json', ...FAST];
    const run = await stage.gdpr(args);
    expect(run.code).toBe(0);
    const [receipt] = receipts(run.out);
    expect(receipt?.steps.every(({ state }) => state === 'succeeded')).toBe(true);
    const access = stage.log.find(({ operation }) => operation === 'registerGdprAccess');
    expect(access?.ids).toEqual([GRACE_AT_SENDBIRD]);
  });

  test('a person whom nobody knows is not found, and no bundle is made', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'nobody-here', ...FAST]);
    expect(run.code).toBe(1);
    expect(run.err).toContain('Not found: nobody-here');
    expect(await bundles(stage)).toEqual([]);
  });

  test('asks both providers at the same time', async () => {
    const stage = await setStage({
      faults: ['hold@exportUsers', 'hold@exportFeedUserData', 'hold@registerGdprAccess'],
    });
    const running = stage.gdpr(['export', 'ada', ...FAST]);
    const held = await stage.sandbox.control.waitForHeld(null, 3);
    expect(held.map(({ operation }) => operation).toSorted()).toEqual([
      'exportFeedUserData',
      'exportUsers',
      'registerGdprAccess',
    ]);
    stage.sandbox.control.open();
    expect((await running).code).toBe(0);
  });

  test('--provider asks only that one', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'ada', '--provider', 'sendbird', ...FAST]);
    expect(run.code).toBe(0);
    expect(stage.log.some(({ provider }) => provider === 'stream')).toBe(false);
  });

  test('10,000 messages are partial: they may be cut', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'prolific', '--provider', 'stream', ...FAST]);
    expect(run.code).toBe(3);
    expect(run.out).toContain('may be cut');
    expect(run.err).toContain('Partial: prolific');
  });

  test('a person without data is completed all the same', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'quiet', ...FAST]);
    expect([run.code, run.err.includes('Failed')]).toEqual([0, false]);
  });

  test('--dry-run calls nobody and records nothing', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'ada', '--dry-run', '--json']);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({
      schema: 'gdpr-plan/1',
      action: 'export',
      calls: 3,
    });
    expect(stage.log).toEqual([]);
    expect(await tree(stage.dir)).toEqual([]);
  });

  test('--received sets the deadline; --out the place; both are kept', async () => {
    const stage = await setStage();
    const out = join(stage.dir, 'elsewhere');
    const args = ['export', 'ada', '--received', '2026-01-30', '--out', out, '--json', ...FAST];
    const [receipt] = receipts((await stage.gdpr(args)).out);
    expect(receipt).toMatchObject({ received_on: '2026-01-30', due_on: '2026-03-02' });
    expect(receipt?.bundle).toBe(join(out, receipt?.request_id ?? ''));
  });

  test('--no-wait leaves with 8 once all is accepted, and resume finishes it', async () => {
    const stage = await setStage({ taskTime: 50 });
    const left = await stage.gdpr(['export', 'ada', '--no-wait', '--json', ...FAST]);
    expect(left.code).toBe(8);
    const [open] = receipts(left.out);
    expect(open?.steps.map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(JSON.parse(left.err.split('\n').at(-1) ?? '')).toMatchObject({
      schema: 'gdpr-error/1',
      exit: 8,
      request_ids: [open?.request_id],
    });

    const status = await stage.gdpr(['status', 'ada', '--offline']);
    expect(status.code).toBe(8);
    expect(status.out).toContain('running');

    const resumed = await stage.gdpr(['resume', ...FAST]);
    expect(resumed.code).toBe(0);
    expect(stage.calls('exportUsers')).toBe(1);
    expect((await stage.gdpr(['status'])).code).toBe(0);
  });

  test('--timeout stops waiting; the work goes on', async () => {
    const stage = await setStage({ faults: ['task-never-ends@exportUsers'] });
    const run = await stage.gdpr(['export', 'ada', '--timeout', '20s', ...FAST]);
    expect(run.code).toBe(8);
    expect(run.err).toContain('Stopped waiting');
    stage.sandbox.control.setFaults([]);
    expect(run.err).toContain("Sendbird's part is done and on disk");
  });

  test('the same person again, while it is open, is carried on', async () => {
    const stage = await setStage({ taskTime: 50, rate: 1000 });
    await stage.gdpr(['export', 'ada', '--no-wait', ...FAST]);
    const again = await stage.gdpr(['export', 'ada', ...FAST]);
    expect(again.code).toBe(0);
    expect(again.err).toContain('is carried on');
    expect(stage.calls('exportUsers')).toBe(1);
    await stage.gdpr(['export', 'ada', '--no-wait', ...FAST]);
    const fresh = await stage.gdpr(['export', 'ada', '--new', ...FAST]);
    expect(fresh.code).toBe(0);
    expect(stage.calls('exportUsers')).toBe(3);
  });

  test('two at once share the work: each person is asked for once', async () => {
    const stage = await setStage({ faults: ['hold@exportUsers'] });
    const first = stage.gdpr(['export', 'ada', '--json', ...FAST]);
    await stage.sandbox.control.waitForHeld('exportUsers');
    const second = stage.start(['export', 'ada', '--json', ...FAST]);
    await second.said('is carried on');
    stage.sandbox.control.open();
    const [one, two] = await Promise.all([first, second]);
    expect([one.code, two.exitCode]).toEqual([0, 0]);
    expect(receipts(one.out)[0]?.request_id).toBe(receipts(two.stdout)[0]?.request_id);
    expect(stage.calls('exportUsers')).toBe(1);
  });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { setStage, tree } from './stage.ts';

const FAST = ['--poll-interval', '100ms'];

/** The outcome of an export of `ada` under a fault: exit code, state of its steps, calls made. */
interface Case {
  fault: string;
  exit: number;
  /** Only the steps that did not simply succeed. */
  odd?: Record<string, string>;
  /** Calls that start work: users, feeds, access. Default one each; null where it is up to the order of answers. */
  calls?: [number, number, number] | null;
  says?: string;
}

const REPEATED = 'repeated: an earlier call got no clear answer';

const CASES: readonly Case[] = [
  // A call that starts work.
  { fault: 'http-429@exportUsers=1', exit: 0, calls: [2, 1, 1] },
  { fault: 'http-429@registerGdprAccess=1', exit: 0, calls: [1, 1, 2] },
  { fault: 'http-500@exportUsers=1', exit: 0, calls: [2, 1, 1], says: REPEATED },
  { fault: 'edge-text@exportFeedUserData=1', exit: 0, calls: [1, 2, 1], says: REPEATED },
  { fault: 'reset@exportUsers=1', exit: 0, calls: [2, 1, 1], says: REPEATED },
  { fault: 'answer-lost@exportUsers=1', exit: 0, calls: [2, 1, 1], says: REPEATED },
  { fault: 'bad-json@exportUsers=1', exit: 0, calls: [2, 1, 1], says: REPEATED },
  { fault: 'answer-lost@registerGdprAccess', exit: 0, says: "found in the provider's list" },
  { fault: 'bad-json@registerGdprAccess', exit: 0, says: "found in the provider's list" },
  { fault: 'reset@registerGdprAccess=1', exit: 0, calls: [1, 1, 2], says: REPEATED },
  { fault: 'http-500@registerGdprAccess=1', exit: 0, calls: [1, 1, 2], says: REPEATED },
  { fault: 'reset@registerGdprAccess', exit: 7, odd: { access: 'in_doubt' }, calls: [1, 1, 4] },
  { fault: 'http-500@sendbird', exit: 5, odd: { access: 'planned' } },
  { fault: 'reset@exportUsers', exit: 5, odd: { export_users: 'planned' }, calls: null },
  // Credentials: resolved anew once, then the run stops for that provider.
  { fault: 'unauthorized@exportUsers=1', exit: 0, calls: [2, 1, 1] },
  {
    fault: 'unauthorized@stream',
    exit: 4,
    odd: { export_feeds: 'planned', export_users: 'planned' },
    calls: null,
  },
  { fault: 'unauthorized@sendbird', exit: 4, odd: { access: 'planned' }, calls: [1, 1, 2] },
  { fault: 'unauthorized-401@sendbird', exit: 4, odd: { access: 'planned' }, calls: [1, 1, 2] },
  {
    fault: 'unauthorized@getTask',
    exit: 4,
    odd: { export_feeds: 'accepted', export_users: 'accepted' },
  },
  // Tasks.
  { fault: 'task-fails@exportUsers', exit: 3, odd: { export_users: 'failed task_failed' } },
  { fault: 'task-fails-bare@exportUsers', exit: 3, odd: { export_users: 'failed task_failed' } },
  { fault: 'task-fails-then-completes', exit: 0 },
  { fault: 'task-unknown-status', exit: 0 },
  { fault: 'task-forgotten@exportUsers', exit: 3, odd: { export_users: 'failed task_lost' } },
  { fault: 'task-no-url@exportUsers', exit: 3, odd: { export_users: 'failed no_link' } },
  { fault: 'wrong-shape@getTask=1', exit: 0 },
  { fault: 'wrong-shape@viewGdprRequest', exit: 3, odd: { access: 'failed unreadable_answer' } },
  { fault: 'edge-text@getTask=2', exit: 0 },
  { fault: 'reset@getTask=2', exit: 0 },
  { fault: 'reset@viewGdprRequest', exit: 5, odd: { access: 'accepted' } },
  { fault: 'no-data@sendbird', exit: 3, odd: { access: 'no_data' }, says: 'run the export again' },
  // Files.
  { fault: 'link-expired@exportUsers=1', exit: 0 },
  { fault: 'link-expired@exportUsers', exit: 3, odd: { export_users: 'failed link_refused' } },
  { fault: 'link-not-renewed=1', exit: 0, calls: [1, 1, 2], says: 'asked for again' },
  { fault: 'redirect', exit: 0 },
  { fault: 'redirect-file@exportUsers', exit: 3, odd: { export_users: 'failed unsafe_redirect' } },
  { fault: 'redirect-loop@exportUsers', exit: 3, odd: { export_users: 'failed unsafe_redirect' } },
  { fault: 'file-html@exportUsers', exit: 3, odd: { export_users: 'failed file_html' } },
  { fault: 'file-xml@exportFeedUserData', exit: 3, odd: { export_feeds: 'failed file_xml' } },
  { fault: 'file-empty@registerGdprAccess', exit: 3, odd: { access: 'failed file_empty' } },
  ...['file-error', 'file-error-own'].map((fault) => ({
    fault,
    exit: 1,
    odd: {
      export_feeds: 'failed file_error',
      export_users: 'failed file_error',
      access: 'failed file_error',
    },
    says: 'an error in JSON came in place of the file',
  })),
  { fault: 'file-error@exportFeedUserData=2', exit: 0 },
  {
    fault: 'file-hollow',
    exit: 1,
    odd: {
      export_feeds: 'failed file_no_data',
      export_users: 'failed file_no_data',
      access: 'failed file_not_zip',
    },
  },
  { fault: 'file-foreign@exportUsers', exit: 3, says: 'not recognised' },
  { fault: 'file-foreign@exportFeedUserData', exit: 3, says: 'not recognised' },
  {
    fault: 'file-foreign@registerGdprAccess',
    exit: 3,
    odd: { access: 'failed file_not_zip' },
  },
  { fault: 'file-truncated@exportUsers', exit: 3, odd: { export_users: 'failed file_cut' } },
  {
    fault: 'file-truncated@registerGdprAccess',
    exit: 3,
    odd: { access: 'failed file_zip_corrupt' },
  },
  { fault: 'file-short@exportUsers', exit: 3, odd: { export_users: 'failed download_broken' } },
  { fault: 'file-corrupt@registerGdprAccess', exit: 3, odd: { access: 'failed file_zip_corrupt' } },
  { fault: 'file-html=2', exit: 0 },
  { fault: 'file-reset=1', exit: 0 },
  { fault: 'file-changed=1', exit: 0 },
  { fault: 'no-length', exit: 0 },
  { fault: 'http-503@downloadFile=1', exit: 0 },
];

const PLACES: Record<string, string> = {
  export_feeds: 'stream/feeds.json',
  export_users: 'stream/users.jsonl',
  access: 'sendbird/access.zip',
};

describe('an export under a fault ends as it truly did', () => {
  test.each(CASES)('$fault: exit $exit', async (each) => {
    const { fault, exit, odd = {}, calls = [1, 1, 1], says } = each;
    const stage = await setStage({ faults: [fault] });
    const run = await stage.gdpr(['export', 'ada', '--json', ...FAST]);
    const receipt = JSON.parse(run.out);
    const states = receipt.steps.map(
      (step: { operation: string; state: string; error: { code: string } | null }) => [
        step.operation,
        [step.state, step.error?.code].filter(Boolean).join(' '),
      ],
    );
    const usual = { export_feeds: 'succeeded', export_users: 'succeeded', access: 'succeeded' };
    expect({ exit: run.code, steps: Object.fromEntries(states) }).toEqual({
      exit,
      steps: { ...usual, ...odd },
    });
    const made = ['exportUsers', 'exportFeedUserData', 'registerGdprAccess'].map(stage.calls);
    expect(made).toEqual(calls ?? made);
    expect(run.out).toContain(says ?? '');
    expect(run.out.includes(REPEATED)).toBe(
      says === REPEATED || exit === 7 || fault.endsWith('reset@exportUsers'),
    );

    const whole = Object.keys(usual).filter((operation) => !(operation in odd));
    const files = await tree(join(stage.dir, 'gdpr-exports', receipt.request_id));
    const received = files.filter((file) => file.includes('/'));
    expect(new Set(received)).toEqual(new Set(whole.map((operation) => PLACES[operation])));
  });

  test('a download that broke and was mended is the same to the byte', async () => {
    const hashes = [];
    for (const faults of [[], ['file-reset=3'], ['file-changed=1']]) {
      const stage = await setStage({ faults });
      const { out } = await stage.gdpr(['export', 'ada', '--json', ...FAST]);
      const { steps } = JSON.parse(out);
      hashes.push(
        steps.map((step: { artifacts: { sha256: string }[] }) => step.artifacts[0]?.sha256),
      );
      expect(stage.log.some(({ fault }) => fault?.startsWith('file-'))).toBe(faults.length > 0);
    }
    expect(hashes[1]).toEqual(hashes[0]);
    expect(hashes[2]).toHaveLength(3);
  });

  test('a provider that is down is left for later; the other is done', async () => {
    const stage = await setStage();
    const env = { ...stage.env, SENDBIRD_BASE_URL: 'http://127.0.0.1:9' };
    const run = await stage.gdpr(['export', 'ada', ...FAST], { env });
    expect(run.code).toBe(5);
    expect(run.err).toMatch(
      /Stopped: no connection to Sendbird: connection refused \(4 tries in .*\)/,
    );
    expect(run.err).toMatch(
      /Stream's part is done and on disk\. Nothing is lost: gdpr resume req_/,
    );
  });

  test('a file server that is down alone keeps nobody from being asked', async () => {
    const stage = await setStage({ faults: ['http-503@downloadFile'] });
    const run = await stage.gdpr(['export', 'ada', 'linus', '--json', ...FAST]);
    expect(run.code).toBe(5);
    const steps = run.out.split('\n').flatMap((line) => JSON.parse(line).steps);
    const states = steps.map(({ state }: { state: string }) => state);
    expect(states.filter((state) => state !== 'reported')).toEqual(['not_found']);
    stage.sandbox.control.setFaults([]);
    expect((await stage.gdpr(['resume', ...FAST])).code).toBe(0);
    expect(stage.calls('exportUsers')).toBe(2);
  });

  test('one task that cannot be read keeps nobody else from being finished', async () => {
    const stage = await setStage({ faults: ['http-500@getTask=id:ada'], rate: 1000 });
    const args = ['export', 'ada', 'linus', 'quiet', '--provider', 'stream', '--json', ...FAST];
    const run = await stage.gdpr(args);
    const states = run.out.split('\n').map((line) => JSON.parse(line).state);
    expect([run.code, states]).toEqual([5, ['open', 'completed', 'completed']]);
  });

  test('a secret that is not there: nothing was tried, and the receipt says so', async () => {
    const stage = await setStage();
    const { STREAM_API_SECRET: _, ...env } = stage.env;
    const config = join(stage.dir, 'c.yaml');
    const account = `{apiKey: k, apiSecret: {env: NOT_THERE}, baseUrl: '${stage.sandbox.origin}'}`;
    await writeFile(config, `profiles: {p: {stream: ${account}}}`, { mode: 0o600 });
    const args = ['--config', config, '--profile', 'p', 'export', 'ada', '--json', ...FAST];
    const run = await stage.gdpr(args, { env });
    expect(run.code).toBe(4);
    const { steps } = JSON.parse(run.out);
    expect(steps.map(({ attempts }: { attempts: number }) => attempts)).toEqual([0, 0]);
    expect(run.err).toContain('Not even sent yet');
    expect(stage.log).toEqual([]);
  });

  test('several people at once stay below the limits that Stream tells', async () => {
    const stage = await setStage();
    const people = ['ada', 'linus', 'quiet', 'user-000001'];
    const run = await stage.gdpr(['export', ...people, '--provider', 'stream', ...FAST]);
    expect(run.code).toBe(0);
    expect(stage.calls('exportFeedUserData')).toBe(4);
    const made = stage.log.filter(({ operation }) => operation === 'exportUsers');
    expect(made.filter(({ status }) => status === 201)).toHaveLength(4);
    expect(run.err).not.toContain('Stopped');
  });

  test('an unknown person whom Sendbird registers all the same is not found', async () => {
    const stage = await setStage({ faults: ['unknown-user-no-data'] });
    const run = await stage.gdpr(['export', 'nobody-here', '--json', ...FAST]);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.out).state).toBe('not_found');
  });

  test('a link that is not renewed is asked for again only while the person is there', async () => {
    const stage = await setStage({
      faults: ['link-not-renewed', 'hold@getUser', 'hold@listUsers'],
    });
    const running = stage.gdpr(['export', 'ada', '--provider', 'sendbird', '--json', ...FAST]);
    await stage.sandbox.control.waitForHeld('sendbird');
    stage.sandbox.control.open();
    expect((await running).code).toBe(1);
    expect(stage.calls('registerGdprAccess')).toBe(3);
  });
});

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CTRL_C, CTRL_D, ENTER, type Terminal, openTerminal } from './pty.ts';
import { type Stage, setProcessStage, setStage, tree } from './stage.ts';

const DOWN = '\u001b[B';
const FILE = '.config/gdpr/.gdprrc.yaml';

/** A question's end, and what is typed for it. */
type Dialogue = readonly (readonly [question: string, keys: string])[];

async function answer(terminal: Terminal, dialogue: Dialogue): Promise<void> {
  for (const [question, keys] of dialogue) {
    await terminal.waitFor(question);
    terminal.type(keys);
  }
}

/** Everything as the stage has it; what stands in parentheses is taken over by Enter. */
const ALL: Dialogue = [
  ['Name of the profile:', ENTER],
  ['Which providers hold your data?', ENTER],
  ['at other addresses than the usual ones?', `y${ENTER}`],
  ["Stream's API key", ENTER],
  ["Where is Stream's API secret?", ENTER],
  ['Name of the variable: (STREAM_API_SECRET)', ENTER],
  ["Stream's products that you use:", `feeds chat${ENTER}`],
  ["Stream's address", ENTER],
  ["Sendbird's application id", ENTER],
  ["Where is Sendbird's API token?", ENTER],
  ['Name of the variable: (SENDBIRD_API_TOKEN)', ENTER],
  ["Sendbird's address", ENTER],
  ['Country whose holidays', `DE${ENTER}`],
  ['Region of it', `BE${ENTER}`],
  ['Time zone', ENTER],
];

/** The dialogue up to a question, with other keys for that one. */
function upTo(question: string, keys: string): Dialogue {
  const index = ALL.findIndex(([each]) => each.startsWith(question));
  return [...ALL.slice(0, index), [ALL[index]?.[0] ?? '', keys]];
}

/** Words however the lines were broken. */
function unwrapped(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

async function nothingWritten(stage: Stage): Promise<void> {
  expect(await tree(stage.dir)).toEqual([]);
}

/** A stage and a terminal where the questions are answered up to one. */
async function asked(dialogue: Dialogue, env: Record<string, string> = {}) {
  const stage = await setProcessStage();
  Object.assign(stage.env, env);
  const terminal = openTerminal(stage, ['init']);
  await answer(terminal, dialogue);
  return { stage, terminal };
}

describe('gdpr init at a terminal', () => {
  test('asks, checks with the providers, writes, and what it says next works', async () => {
    const { stage, terminal } = await asked(ALL);
    expect(await terminal.ended).toBe(0);
    const text = terminal.text();
    const said = unwrapped(text);
    expect(said).toContain(' Stream ok, it took the credentials of stream:key-canary-8431@http');
    expect(said).toContain(' Sendbird ok, it took the credentials of sendbird:APP-CANARY-1@http');
    expect(text).toContain('Next: gdpr doctor\nThen: gdpr export <user> --dry-run');
    expect(text).not.toMatch(/(?:secret|token)-canary/);
    expect(await modeOf(join(stage.dir, FILE))).toBe(0o600);
    expect(await modeOf(join(stage.dir, '.config/gdpr'))).toBe(0o700);
    const [modeline, ...lines] = (await readFile(join(stage.dir, FILE), 'utf8')).split('\n');
    const schema = /^# yaml-language-server: \$schema=(.+)$/.exec(modeline ?? '')?.[1] ?? '';
    expect(JSON.parse(await readFile(new URL(schema), 'utf8'))).toHaveProperty(
      'properties.profiles',
    );
    expect(lines.join('\n')).toBe(`profile: production
profiles:
  production:
    stream:
      apiKey: key-canary-8431
      apiSecret:
        env: STREAM_API_SECRET
      products:
        - feeds
        - chat
      baseUrl: ${stage.sandbox.origin}
    sendbird:
      applicationId: APP-CANARY-1
      apiToken:
        env: SENDBIRD_API_TOKEN
      baseUrl: ${stage.sandbox.origin}
    deadline:
      country: DE
      region: BE
      timeZone: ${new Intl.DateTimeFormat().resolvedOptions().timeZone}
`);
    expect(await tree(stage.dir)).toEqual([FILE]);
    expect(new Set(stage.log.map(({ method }) => method))).toEqual(new Set(['GET']));
    const dry = await stage.gdpr(['export', 'ada', '--dry-run']);
    expect([dry.code, dry.out.includes('Stream    feeds')]).toEqual([0, true]);
  });

  test.each(ALL.filter((_each, index) => index % 3 === 0).map(([question]) => ({ question })))(
    'Ctrl-C at "$question": exit 130, nothing written',
    async ({ question }) => {
      const { stage, terminal } = await asked(upTo(question, CTRL_C));
      expect(await terminal.ended).toBe(130);
      expect(terminal.text()).toContain('Stopped by Ctrl-C.\nNothing was written.');
      await nothingWritten(stage);
    },
  );

  test('the end of the input: exit 6, nothing written', async () => {
    const { stage, terminal } = await asked(upTo("Stream's API key", CTRL_D));
    expect(await terminal.ended).toBe(6);
    expect(terminal.text()).toContain('Nothing was written.');
    await nothingWritten(stage);
  });

  test('an answer that cannot be taken is asked for again, with the reason', async () => {
    const { terminal } = await asked([
      ['Name of the profile:', `sandbox${ENTER}`],
      ['That is built in and cannot be defined in a file.', `my profile${ENTER}`],
      ['That is not a profile name', ENTER],
      ...ALL.slice(1, 12),
      ['Country whose holidays', `de${ENTER}`],
      ['That must be a country code of ISO 3166-1, such as DE.', `DE${ENTER}`],
      ['Region of it', `XX${ENTER}`],
      ['That is not in the calendar of public holidays of DE.', ENTER],
      ['Time zone', `Berlin${ENTER}`],
      ['That must be a time zone of the IANA database', ENTER],
    ]);
    expect(await terminal.ended).toBe(0);
  });

  const PLAIN = `${DOWN}${DOWN}${DOWN}${ENTER}`;
  const REALLY = 'Write the secret itself into the file, for whoever can read it?';
  test('a secret itself goes into the file after a yes, and is never shown', async () => {
    const { stage, terminal } = await asked([
      ...upTo("Where is Stream's API secret?", PLAIN),
      [REALLY, `y${ENTER}`],
    ]);
    const secret = stage.env['STREAM_API_SECRET'] ?? '';
    await answer(terminal, [["Stream's API secret:", `${secret}${ENTER}`], ...ALL.slice(6)]);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).not.toContain(secret);
    expect(await readFile(join(stage.dir, FILE), 'utf8')).toContain(`apiSecret: ${secret}\n`);
    expect(await modeOf(join(stage.dir, FILE))).toBe(0o600);
  });

  test('without that yes it is asked again where the secret is', async () => {
    const { stage, terminal } = await asked([
      ...upTo("Where is Stream's API secret?", PLAIN),
      [REALLY, ENTER],
      [`${REALLY} No`, ENTER],
      ...ALL.slice(5),
    ]);
    expect(await terminal.ended).toBe(0);
    expect(await readFile(join(stage.dir, FILE), 'utf8')).toContain('env: STREAM_API_SECRET\n');
  });

  test('a check that fails loses no answer: it is made again once the secret is there', async () => {
    const secret = `~/kept/the secret${ENTER}`;
    const { stage, terminal } = await asked([
      ...upTo("Where is Stream's API secret?", `${DOWN}${ENTER}`),
      ['Path of the file:', secret],
      ...ALL.slice(6),
      ['What now?', ''],
    ]);
    const file = join(stage.dir, 'kept/the secret');
    expect(terminal.text()).toContain('Stream    FAULT: ');
    expect(unwrapped(terminal.text())).toContain(`${file} does not exist`);
    expect(terminal.text()).toContain('Sendbird  ok');
    await nothingWritten(stage);
    await mkdir(join(stage.dir, 'kept'));
    await writeFile(file, `${stage.env['STREAM_API_SECRET']}\n`, { mode: 0o600 });
    terminal.type(ENTER);
    expect(await terminal.ended).toBe(0);
    expect(await readFile(join(stage.dir, FILE), 'utf8')).toContain(`file: ${file}\n`);
  });

  test.each([
    { keys: `${DOWN}${ENTER}`, what: 'written all the same', code: 0, files: [FILE] },
    { keys: `${DOWN}${DOWN}${ENTER}`, what: 'stopped', code: 4, files: [] },
    { keys: CTRL_C, what: 'Ctrl-C', code: 130, files: [] },
  ])('refused credentials, then $what: exit $code', async ({ keys, code, files }) => {
    const wrong = { SENDBIRD_API_TOKEN: 'wrong-token-canary' };
    const { stage, terminal } = await asked([...ALL, ['What now?', keys]], wrong);
    expect(await terminal.ended).toBe(code);
    expect(terminal.text()).toContain('Sendbird  FAULT: Sendbird refused the credentials');
    expect(terminal.text()).not.toContain('wrong-token-canary');
    expect(await tree(stage.dir)).toEqual(files);
  });

  test('Ctrl-C while the providers are asked: exit 130, nothing written', async () => {
    const stage = await setProcessStage({ latency: 60_000 });
    const terminal = openTerminal(stage, ['init']);
    await answer(terminal, [...ALL, ['Checking with the providers', CTRL_C]]);
    expect(await terminal.ended).toBe(130);
    expect(terminal.text()).toContain('Nothing was written.');
    await nothingWritten(stage);
  });

  test('TERM=dumb is sent no escapes, and is not asked for a secret that would show', async () => {
    const stage = await setProcessStage();
    const terminal = openTerminal(stage, ['init'], { kind: 'dumb' });
    await answer(terminal, [
      ...ALL.slice(0, 4),
      ["Where is Stream's API secret?", `plain${ENTER}`],
      ['That is none of: env, file, command.', ENTER],
      ...ALL.slice(5),
    ]);
    expect(await terminal.ended).toBe(0);
    expect(terminal.raw()).not.toContain('\u001b');
    expect(await tree(stage.dir)).toEqual([FILE]);
  });
});

/** Both providers, where the stage has them. */
function here({ sandbox: { origin } }: Stage): string[] {
  return ['--stream-base-url', '--sendbird-base-url'].flatMap((flag) => [flag, origin]);
}

describe('gdpr init --no-input', () => {
  const FLAGS = ['init', '--no-input', '--profile', 'ours', '--time-zone', 'Europe/Berlin'];
  const PROVIDERS =
    '--stream-api-key key-canary-8431 --stream-secret-env STREAM_API_SECRET --sendbird-app-id APP-CANARY-1 --sendbird-token-command'.split(
      ' ',
    );

  test('does the same by flags, and leaves alone what is there', async () => {
    const stage = await setStage();
    const args = [...FLAGS, ...PROVIDERS, `/usr/bin/printenv 'SENDBIRD_API_TOKEN'`, ...here(stage)];
    const { code, out, err } = await stage.gdpr(args);
    const file = join(stage.dir, FILE);
    expect(code).toBe(0);
    expect(out).toBe(
      `Profile ours (Stream and Sendbird) is written:\n  ${file}\nNext: gdpr doctor\nThen: gdpr export <user> --dry-run`,
    );
    expect(err).not.toMatch(/(?:secret|token)-canary/);
    const written = await readFile(file, 'utf8');
    expect(written).toContain('- /usr/bin/printenv\n          - SENDBIRD_API_TOKEN\n');
    const again = await stage.gdpr(args);
    expect([again.code, await readFile(file, 'utf8')]).toEqual([6, written]);
  });

  test.each([
    {
      token: '/bin/echo wrong-canary',
      faults: [],
      code: 4,
      says: 'The check of Sendbird failed: Sendbird refused the credentials',
    },
    {
      token: '/usr/bin/false',
      faults: [],
      code: 4,
      says: 'The command /usr/bin/false ended with exit code 1',
    },
    {
      token: '/usr/bin/printenv SENDBIRD_API_TOKEN',
      faults: ['http-500@stream=9'],
      code: 5,
      says: 'The check of Stream failed: ',
    },
  ])('a check that fails writes nothing: $token $faults', async ({ token, faults, code, says }) => {
    const stage = await setStage({ faults });
    const args = [...FLAGS, ...PROVIDERS, token, ...here(stage)];
    const run = await stage.gdpr(args);
    expect(run.code).toBe(code);
    expect(unwrapped(run.err)).toContain(says);
    expect(run.err).not.toMatch(/(?:secret|token|wrong)-canary/);
    await nothingWritten(stage);
    expect((await stage.gdpr([...args, '--no-check'])).code).toBe(0);
    expect(await tree(stage.dir)).toEqual([FILE]);
  });
});

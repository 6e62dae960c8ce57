import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { ENTER, openTerminal } from './pty.ts';
import { type ProcessStage, setProcessStage } from './stage.ts';

const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');
const TAB = '\t';
/** Ctrl-U, which empties the line in all three. */
const CLEAR = '\u0015';
const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Those that this machine has: bash always, or the tests for it fail. */
const found = await Promise.all(
  SHELLS.map(async (shell) => {
    const { failed } = await execa(shell, ['-c', 'exit'], { reject: false });
    return shell === 'bash' || !failed ? [shell] : [];
  }),
);
const INSTALLED = found.flat();

/** A stage where `gdpr` is on the path, with two profiles in the user's configuration. */
async function setShellStage(): Promise<ProcessStage> {
  const stage = await setProcessStage();
  const bin = join(stage.dir, 'bin');
  const folder = join(stage.dir, '.config', 'gdpr');
  await mkdir(bin);
  await mkdir(folder, { recursive: true });
  await writeFile(join(bin, 'gdpr'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, {
    mode: 0o755,
  });
  const stream = { apiKey: 'k', apiSecret: { command: ['touch', join(stage.dir, 'resolved')] } };
  const profiles = { production: { stream }, staging: { stream } };
  await writeFile(join(folder, '.gdprrc.json'), JSON.stringify({ profiles }), { mode: 0o600 });
  const PATH = [bin, process.env['PATH'] ?? ''].join(delimiter);
  return { ...stage, env: { ...stage.env, PATH } };
}

/** What bash is left with after a Tab behind these words; the last one is being typed. */
async function completed(stage: ProcessStage, words: readonly string[]): Promise<string[]> {
  const script = `
    source <(gdpr completion bash)
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _gdpr
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const options = { cwd: stage.dir, env: stage.env, extendEnv: false };
  const { stdout } = await execa('bash', ['-c', script, 'bash', 'gdpr', ...words], options);
  return stdout === '' ? [] : stdout.split('\n');
}

describe.each(INSTALLED)('gdpr completion %s', (shell) => {
  test('prints a script that the shell accepts', async () => {
    const stage = await setProcessStage();
    const { code, out, err } = await stage.gdpr(['completion', shell]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const script = join(stage.dir, 'script');
    await writeFile(script, out);
    const { exitCode, stderr } = await execa(shell, ['-n', script], { reject: false });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  const READY = {
    bash: 'exec bash --norc --noprofile -i',
    zsh: 'exec zsh -f -i',
    fish: 'exec fish --no-config -i',
  };
  const SET_UP = {
    bash: 'source <(gdpr completion bash)',
    zsh: 'autoload -Uz compinit && compinit -u -D && source <(gdpr completion zsh)',
    fish: 'gdpr completion fish | source',
  };
  test('completes at a real prompt: commands, flags, their values, profiles, files', async () => {
    const stage = await setShellStage();
    await writeFile(join(stage.dir, 'a-file-of-ours.yaml'), '{}', { mode: 0o600 });
    const terminal = openTerminal(stage, [], { script: READY[shell] });
    terminal.type(`${SET_UP[shell]}; echo set-''up${ENTER}`);
    await terminal.waitFor('set-up');
    for (const [typed, expected] of [
      ['gdpr era', 'gdpr erase'],
      ['gdpr erase --mo', 'gdpr erase --mode'],
      ['gdpr erase --mode pru', 'gdpr erase --mode pruning'],
      ['gdpr erase --mode=pru', 'gdpr erase --mode=pruning'],
      ['gdpr status --profile prod', 'gdpr status --profile production'],
      ['gdpr --config a-fi', 'gdpr --config a-file-of-ours.yaml'],
    ] as const) {
      terminal.type(`${typed}${TAB}`);
      await terminal.waitFor(expected);
      terminal.type(CLEAR);
    }
    expect(terminal.text()).not.toContain('command not found');
    terminal.kill('SIGKILL');
  });
});

test.each<[readonly string[], readonly string[]]>([
  [['ex'], ['export', 'extend']],
  [
    ['erase', '--m'],
    ['--mode', '--messages', '--max-subjects'],
  ],
  [
    ['export', '--provider', ''],
    ['stream', 'sendbird'],
  ],
  [['--quiet', 'status', '--state', 'co'], ['completed']],
  [['status', '--profile', 'st'], ['staging']],
  [
    ['--profile', 'staging', 'res'],
    ['restore', 'resume'],
  ],
  [
    ['--profile', ''],
    ['production', 'staging', 'sandbox', 'environment'],
  ],
  [['export', ''], []],
  [['export', '--', '--p'], []],
  [['erase', '--max-subjects', ''], []],
  [['frobnicate', ''], []],
])('bash: gdpr %j completes to %j', async (words, expected) => {
  const stage = await setShellStage();
  expect(await completed(stage, words)).toEqual(expected);
});

test('what is typed is never run, and no secret is resolved', async () => {
  const stage = await setShellStage();
  const trap = join(stage.dir, 'trapped');
  const words = [`$(touch ${trap})`, `\`touch ${trap}\``, `'; touch ${trap}; '`, '--profile', ''];
  await completed(stage, words);
  await completed(stage, ['--profile', '']);
  await expect(execa('ls', [trap, join(stage.dir, 'resolved')])).rejects.toThrow(/No such file/);
});

test('it is quick: neither providers, ledger nor the schema are loaded for it', async () => {
  const stage = await setShellStage();
  const spy = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => (console.error(url), next(url, context)) });`;
  const program = ['--import', `data:text/javascript,${encodeURIComponent(spy)}`, BIN];
  const { stderr } = await execa(
    process.execPath,
    [...program, 'completion', 'bash', '--', 'erase', '--profile', ''],
    { cwd: stage.dir, env: stage.env, extendEnv: false },
  );
  expect(stderr).toContain('/src/commands/erase/erase.ts');
  expect(stderr).not.toMatch(/src\/(?:providers\/(?:stream|sendbird)|http|sandbox)\//);
  expect(stderr).not.toMatch(/src\/(?:ledger\/sqlite|config\/schema)\.ts/);
  expect(stderr).not.toMatch(/node_modules\/undici/);
});

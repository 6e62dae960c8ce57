import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { CONFIGURED, type Stage, setStage } from './stage.ts';

/** A stage with these profiles in the user's file, each of an app of its own. */
function stageWith(
  names: readonly string[],
  { profile, env = CONFIGURED }: { profile?: string; env?: Record<string, string> } = {},
): Stage {
  const stage = setStage(env);
  const folder = join(stage.dir, '.config', 'gdpr');
  mkdirSync(folder, { recursive: true });
  const profiles = Object.fromEntries(
    names.map((name) => [name, { stream: { apiKey: `${name}-key`, apiSecret: { env: 'S' } } }]),
  );
  const text = JSON.stringify({ ...(profile === undefined ? {} : { profile }), profiles });
  writeFileSync(join(folder, '.gdprrc.json'), text, { mode: 0o600 });
  return stage;
}

const BOTH_NAMED =
  /the profile production of .*\(Stream app production-key at https:\S+\), and the variables in the environment \(Stream app key-1 at http:\/\/127\.0\.0\.1:9, Sendbird app APP-1 at/;

describe('a file and variables of different accounts', () => {
  it.each([
    [['export', 'ada']],
    [['erase', 'ada', '--hard', '--yes']],
    [['erase', 'ada', '--hard', '--yes', '--quiet']],
    [['restore', 'ada', '--yes']],
    [['resume']],
    [['cancel', 'req_1', '--yes']],
    [['status']],
    [['status', '--watch']],
  ])('%j: exit 4, naming both; nothing is sent or recorded', async (args) => {
    const stage = stageWith(['production']);
    const { code, out, err } = await stage.gdpr(...args);
    expect([code, out]).toEqual([4, '']);
    expect(err).toMatch(BOTH_NAMED);
    expect(err).toContain(
      'Nothing was sent. Choose: --profile production, or --profile environment',
    );
    expect(stage.hasState()).toBe(false);
  });

  it.each([['export'], ['erase'], ['restore']])('a dry run of %s reports it', async (command) => {
    const { code, out } = await stageWith(['production']).gdpr(command, 'ada', '--dry-run');
    expect(code).toBe(0);
    const said = out.replaceAll(/\s+/g, ' ');
    expect(said).toContain('in profile production (Stream app production-key)');
    expect(said).toMatch(BOTH_NAMED);
    expect(said).toContain('Would be refused: Two places name different accounts');
  });

  it.each([
    [['status', '--offline'], 0],
    [['close', 'req_1', '--reason', 'x'], 1],
  ] as const)('%j asks nobody, and is exit %i as ever', async (args, expected) => {
    const { code, err } = await stageWith(['production']).gdpr(...args);
    expect([code, BOTH_NAMED.test(err)]).toEqual([expected, false]);
  });

  it('are a fault for the doctor, who asks neither', async () => {
    const { code, out } = await stageWith(['production']).gdpr('doctor', '--json');
    expect(code).toBe(1);
    const checks: { check: string; state: string; message: string }[] = JSON.parse(out).checks;
    const of = (name: string) => checks.find(({ check }) => check === name);
    expect(of('configuration')).toMatchObject({
      state: 'fault',
      message: expect.stringMatching(BOTH_NAMED),
    });
    expect(of('stream')).toMatchObject({ message: expect.stringContaining('not checked') });
  });
});

describe('several profiles', () => {
  test.each([
    [['erase', 'ada', '--hard'], undefined, 4],
    [['erase', 'ada', '--hard', '--yes'], 'default', 4],
    [['restore', 'ada', '--yes'], 'default', 4],
    [['restore', 'ada'], 'default', 6],
    [['--profile', 'default', 'erase', 'ada', '--hard'], undefined, 6],
  ] as const)('%j with "profile:" %s: exit %i', async (args, profile, expected) => {
    const chosen = profile === undefined ? {} : { profile };
    const stage = stageWith(['default', 'staging'], { ...chosen, env: {} });
    const { code, err } = await stage.gdpr(...args);
    expect(code).toBe(expected);
    expect(err.includes('default, staging.')).toBe(expected === 4);
    expect(stage.hasState()).toBe(false);
  });

  it('are told apart in a dry run', async () => {
    const stage = stageWith(['default', 'staging'], { env: {} });
    const { code, out } = await stage.gdpr('erase', 'ada', '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('Would be refused: There are several profiles, and none is chosen:');
  });
});

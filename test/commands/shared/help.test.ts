import { describe, expect, it } from 'vitest';
import { setStage } from '../stage.ts';

const COMMANDS = [
  'export',
  'erase',
  'restore',
  'status',
  'resume',
  'cancel',
  'extend',
  'close',
  'sandbox',
  'init',
  'doctor',
  'completion',
];
const SECRETS = { STREAM_API_SECRET: 'canary-one', SENDBIRD_API_TOKEN: 'canary-two' };

describe('--help', () => {
  it.each([[], ...COMMANDS.map((name) => [name])])(
    'gdpr %s: a sentence, examples before flags, exit codes; no value of the environment',
    async (...names) => {
      const { code, out, err } = await setStage(SECRETS).gdpr(...names, '--help');
      expect([code, err]).toEqual([0, '']);
      const order = ['Usage: gdpr', '\nExamples:\n  ', '--profile <name>', '\nExit codes:\n'];
      const places = order.map((text) => out.indexOf(text));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(out).not.toContain('canary');
      // The faults of the sandbox are a table, with a line for each.
      const long = (names[0] === 'sandbox' ? '' : out)
        .split('\n')
        .filter((line) => line.length > 80 && !line.startsWith('  gdpr '));
      expect(long).toEqual([]);
    },
  );

  it('names the nearest command and flag', async () => {
    expect((await setStage({}).gdpr('exprt', 'ada')).err).toContain('Did you mean export?');
    expect((await setStage({}).gdpr('export', 'ada', '--refrence', 'x')).err).toContain(
      'Did you mean --reference?',
    );
  });

  it('has each example in words that the program takes', async () => {
    const { HELP } = await import('../../../src/commands/shared/help.ts');
    for (const { examples } of Object.values(HELP)) {
      for (const [command] of examples.filter(([text]) => text.startsWith('gdpr '))) {
        const flags = command.match(/--[a-z-]+/g) ?? [];
        const name = command.split(' ').find((word) => COMMANDS.includes(word)) ?? '';
        const { out } = await setStage({}).gdpr(name, '--help');
        for (const flag of flags) expect(out).toContain(flag);
      }
    }
  });
});

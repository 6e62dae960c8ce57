import { type Finding, figureOf, judge, ratioOf, spell } from './figures.ts';
import type { Stage } from './stage.ts';

const ROUNDS = 21;
const REQUESTS = 50;
/** What `status` ends with while requests are open, docs/spec.md 5. */
const OPEN = 8;

/** Start-up against bare Node, everything in turn in each round. */
export async function measureStartUp(stage: Stage): Promise<Finding> {
  const people = Array.from({ length: REQUESTS }, (_, index) => `person-${index + 1}`);
  const file = ['--config', stage.configFile];
  stage.gdpr(['export', ...people, '--no-wait', '--out', stage.dir, ...file], OPEN);
  const status = ['status', '--offline'];
  const runs: readonly [string, number, () => number][] = [
    ['node -e 0', 0, () => stage.run(process.execPath, ['-e', '0']).ms],
    ['gdpr --version', 2, () => stage.gdpr(['--version'], 0).ms],
    [
      'gdpr status --offline, set up by the environment',
      4,
      () => stage.gdpr(status, OPEN, stage.variables).ms,
    ],
    ['gdpr status --offline, by a YAML file', 4, () => stage.gdpr([...status, ...file], OPEN).ms],
  ];
  const times = runs.map((): number[] => []);
  // The first round warms caches up, the program's own compile cache among them.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, [, , run]] of runs.entries()) {
      const ms = run();
      if (round > 0) times[index]?.push(ms);
    }
  }
  const base = times[0] ?? [];
  const rows = runs.map(([name, aim], index) => {
    const mine = times[index] ?? [];
    const time = spell(figureOf(mine), 1, ' ms');
    if (aim === 0) return [name, time];
    const ratio = ratioOf(mine, base);
    return [name, time, spell(ratio, 2, ' x'), judge(`under ${aim} x`, ratio.median < aim)];
  });
  return {
    title: `Start-up of the built program, ${REQUESTS} requests in its ledger; ${ROUNDS} rounds, median (min to max)`,
    rows,
    notes: [],
    complete: true,
  };
}

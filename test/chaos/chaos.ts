/*
 * Plays random mixes of commands against the sandbox with random faults, kills the program at random
 * instants, and checks at the end that nothing was lost, done twice or claimed without being true.
 * Exit code 0: no violation; 1: at least one, or it broke off.
 *
 *   node test/chaos/chaos.ts [--seed n] [--rounds n] [--act n]
 */
import { parseArgs } from 'node:util';
import { playAct } from './run.ts';
import { writeScript } from './script.ts';
import { add, nothing, summaryOf, violationLines } from './summary.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000_000)) },
    rounds: { type: 'string', default: '500' },
    act: { type: 'string' },
  },
});
const seed = numberOf('--seed', values.seed);
const rounds = numberOf('--rounds', values.rounds);
const only = values.act === undefined ? null : numberOf('--act', values.act);

console.log(`seed ${seed}, ${rounds} rounds`);
let sum = nothing();
for (const [index, act] of writeScript(seed, rounds).entries()) {
  const number = index + 1;
  if (only !== null && only !== number) continue;
  const outcome = await playAct(act);
  sum = add(sum, outcome);
  console.log(`act ${number}: ${summaryOf(outcome)}`);
  for (const line of violationLines(outcome)) console.log(line);
  if (outcome.folder === null) continue;
  console.log(`  replay: npm run chaos -- --seed ${seed} --rounds ${rounds} --act ${number}`);
}
console.log(`\n${summaryOf(sum)}`);
if (sum.violations.length > 0) {
  console.log('A seed replays all decisions; the instants of kills by time may differ.');
}
console.log(`seed ${seed}`);
process.exitCode = sum.violations.length > 0 || sum.rounds === 0 ? 1 : 0;

function numberOf(flag: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`${flag} ${text}: it is a whole number`);
}

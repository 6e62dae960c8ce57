import { createCast } from './cast.ts';
import { type Chance, createChance } from './chance.ts';
import { type Command, type Order, drawCommand } from './commands.ts';
import { drawFaults } from './faults.ts';

/** What happens at once: faults in force, and one command or two beside each other. */
export interface Round {
  faults: readonly string[];
  commands: readonly Command[];
}

/** A world of its own: a sandbox, a ledger, and rounds one after the other. */
export interface Act {
  /** Of the sandbox: its people and its own chance. */
  seed: number;
  /** How many numbered people there are beside the named ones. */
  users: number;
  /** ms from the start of a task to its end. */
  taskTime: number;
  rounds: readonly Round[];
}

const ROUNDS_AN_ACT = 25;

/**
 * All random decisions of a run, as data: which commands, on whom, under which faults, and where
 * they are killed. Nothing here depends on what the program does.
 */
export function writeScript(seed: number, rounds: number): Act[] {
  const chance = createChance(seed);
  const acts: Act[] = [];
  for (let left = rounds; left > 0; left -= ROUNDS_AN_ACT) {
    acts.push(drawAct(chance, Math.min(left, ROUNDS_AN_ACT)));
  }
  return acts;
}

function drawAct(chance: Chance, length: number): Act {
  const cast = createCast(chance.int(40, 80));
  const taskTime = chance.pick([0, 0, 20, 60, 150]);
  const rounds = Array.from({ length }, (_, index): Round => {
    // First there must be something to carry on with.
    const orders: readonly Order[] = index < 3 ? ['export', 'erase'] : [];
    const commands = [drawCommand(chance, cast, orders)];
    if (chance.is(0.35))
      commands.push(drawCommand(chance, cast, chance.is(0.4) ? ['resume'] : orders));
    return { faults: drawFaults(chance, cast, commands), commands };
  });
  return { seed: chance.int(1, 1_000_000), users: cast.users, taskTime, rounds };
}

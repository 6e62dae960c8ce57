import { hash, pick } from '../random.ts';

const OPENERS = [
  'Morning',
  'Quick question',
  'Done',
  'Sorry, late',
  'Heads up',
  '¡Hola!',
  'はい',
] as const;
const MIDDLES = [
  'the plan for Thursday still stands',
  'can you look at the second page?',
  'I sent it to the printer 🖨️',
  'we are three for lunch',
  'das Café am Eck hat zu',
  'the numbers do not add up yet',
  'see "notes", line 7\nand the one below',
  'それで大丈夫です',
] as const;
const CLOSERS = ['', ' 👍', ' Thanks!', ' …', ' — talk later', ' 😀'] as const;

/** A short message, the same for the same seed and parts. */
export function sentence(seed: number, ...parts: (string | number)[]): string {
  const h = hash(seed, 'words', ...parts);
  return `${pick(OPENERS, h)}, ${pick(MIDDLES, h >>> 5)}${pick(CLOSERS, h >>> 11)}`;
}

/** RFC 3339 in UTC. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

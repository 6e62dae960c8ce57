/**
 * A 32-bit hash of a seed and some parts: the only source of "chance" here, so that the same
 * seed gives the same world (FNV-1a, mixed as in MurmurHash3).
 */
export function hash(seed: number, ...parts: (string | number)[]): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (const part of parts) {
    const text = typeof part === 'number' ? `#${part}` : part;
    for (let i = 0; i < text.length; i += 1) {
      h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    }
    h = Math.imul(h ^ 0x1f, 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number in [0, 1). */
export function chance(seed: number, ...parts: (string | number)[]): number {
  return hash(seed, ...parts) / 2 ** 32;
}

/** One of a non-empty list of words. */
export function pick(list: readonly string[], h: number): string {
  return list[h % list.length] ?? '';
}

/** Lower-case letters and digits, as many as asked for. */
export function token(length: number, seed: number, ...parts: (string | number)[]): string {
  let text = '';
  for (let i = 0; text.length < length; i += 1) {
    text += hash(seed, ...parts, i)
      .toString(36)
      .padStart(7, '0')
      .slice(-6);
  }
  return text.slice(0, length);
}

/** A version 4 UUID. */
export function uuid(seed: number, ...parts: (string | number)[]): string {
  const hex = [0, 1, 2, 3]
    .map((i) =>
      hash(seed, ...parts, i)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, `$1-$2-4$3-${variant}$4-$5`);
}

const OPENERS = ['Morning', 'Quick question', 'Done', 'Sorry, late', 'Heads up', '¡Hola!', 'はい'];
const MIDDLES = [
  'the plan for Thursday still stands',
  'can you look at the second page?',
  'I sent it to the printer 🖨️',
  'we are three for lunch',
  'das Café am Eck hat zu',
  'the numbers do not add up yet',
  'see "notes", line 7\nand the one below',
  'それで大丈夫です',
];
const CLOSERS = ['', ' 👍', ' Thanks!', ' …', ' — talk later', ' 😀'];

/** A short message, the same for the same seed and parts. */
export function shortMessage(seed: number, ...parts: (string | number)[]): string {
  const h = hash(seed, 'words', ...parts);
  return `${pick(OPENERS, h)}, ${pick(MIDDLES, h >>> 5)}${pick(CLOSERS, h >>> 11)}`;
}

/** RFC 3339 in UTC. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

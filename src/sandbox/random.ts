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

/** One of a non-empty list. */
export function pick<T>(list: readonly [T, ...T[]], h: number): T {
  return list[h % list.length] ?? list[0];
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
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

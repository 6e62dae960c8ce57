/** How often a thing that cannot be reached is tried before it is given up for now. */
export const TRIES = 4;

const BASE = 1_000;
const CAP = 20_000;

/**
 * The pause before try `next` (2 for the first repetition), in ms: full jitter under a ceiling that
 * doubles from 2 s to 20 s at scale 1. `random` is in [0, 1); `scale` is `--poll-interval` over 2 s.
 */
export function backoff(next: number, random: number, scale: number): number {
  const ceiling = Math.min(CAP, BASE * 2 ** (next - 1));
  return Math.round(random * ceiling * scale);
}

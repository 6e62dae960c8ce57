import { distance } from 'fastest-levenshtein';

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[-_]/g, '');
}

/** The known word that was probably meant, or null when none is near. Case and `-_` do not count. */
function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const away = distance(plain(word), plain(candidate));
    if (away < least) {
      best = candidate;
      least = away;
    }
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word.slice(0, 100), known);
  return near === null ? '' : ` Did you mean "${near}"?`;
}

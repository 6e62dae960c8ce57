import { distance } from 'fastest-levenshtein';

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[-_]/g, '');
}

/** ` Did you mean "x"?`, or nothing where no known word is near. Case and `-_` do not count. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const word = typed.slice(0, 100);
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const away = distance(plain(word), plain(candidate));
    if (away < least) [best, least] = [candidate, away];
  }
  return best === null ? '' : ` Did you mean "${best}"?`;
}

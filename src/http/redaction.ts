import type { Secret } from '../secret.ts';

/** Longest text of a provider that is passed on. */
const MAX_WORDS = 300;

const COLOUR = /\p{Cc}\[[\d;]*m/gu;
/** Control and format characters (escape sequences, direction marks), line separators, half pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;
const URL_LIKE = /[a-z][a-z0-9+.-]*:(?:\\?\/){2}\S+/giu;
const ENCODED_URL = /[a-z][a-z0-9+.-]*%3a%2f%2f\S+/giu;
const PAIR =
  /\b(api_key|api_secret|apikey|access_token|api-token|token|authorization|signature|x-amz-[\w-]+)(["']?\s*[:=]\s*)\S+/giu;
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/gu;

/** A word of a provider's such as `completed`: there is nothing in it to clean. */
const PLAIN = /^[A-Za-z_]{1,40}$/;

/** Makes text that came from outside fit to be shown and stored. */
export interface Redactor {
  /** From now on this value is replaced wherever it occurs. */
  hide(secret: Secret): void;
  /**
   * One line without control characters, links, credentials and hidden values, of at most
   * `MAX_WORDS` characters.
   */
  clean(text: string): string;
}

/** A redactor that knows no secrets yet. A renewed secret does not make the old one public. */
export function createRedactor(): Redactor {
  const hidden = new Set<string>();
  return {
    hide(secret) {
      const value = secret.reveal();
      if (value === '' || hidden.has(value)) return;
      hidden.add(value);
      hidden.add(encodeURIComponent(value));
    },
    clean(text) {
      let words = text;
      for (const value of hidden) words = words.replaceAll(value, '[secret]');
      if (PLAIN.test(words)) return words;
      words = words
        .slice(0, 20 * MAX_WORDS)
        .replace(COLOUR, '')
        .replace(UNPRINTABLE, ' ')
        .replace(URL_LIKE, '[link]')
        .replace(ENCODED_URL, '[link]')
        .replace(/\S+/gu, (word) => (hasQuery(word) ? '[link]' : word))
        .replace(JWT, '[secret]')
        .replace(PAIR, '$1$2[secret]')
        .replace(/\s+/gu, ' ')
        .trim();
      const characters = Array.from(words);
      return characters.length > MAX_WORDS
        ? `${characters.slice(0, MAX_WORDS - 1).join('')}…`
        : words;
    },
  };
}

/** Looked for by hand: as one expression, a long run of `?` would take it minutes to refuse. */
function hasQuery(word: string): boolean {
  const at = word.indexOf('?');
  return at !== -1 && word.includes('=', at);
}

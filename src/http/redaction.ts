import type { Secret } from '../secret.ts';

/** Longest text of a provider that is passed on. */
const MAX_WORDS = 300;

const COLOUR = /\p{Cc}\[[\d;]*m/gu;
/** Control and format characters (escape sequences, direction marks), line separators, half pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;
const URL_LIKE = /[a-z][a-z0-9+.-]*:(?:\\?\/){2}\S+/giu;
const ENCODED_URL = /[a-z][a-z0-9+.-]*%3a%2f%2f\S+/giu;
const PAIR =
  /(api_key|api_secret|apikey|access_token|api-token|token|authorization|signature|x-amz-[\w-]+)(["']?\s*[:=]\s*)\S+/giu;
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]*/gu;

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
  const conceal = (text: string): string =>
    [...hidden].reduce((words, value) => words.replaceAll(value, '[secret]'), text);
  return {
    hide(secret) {
      const value = secret.reveal();
      if (value === '' || hidden.has(value)) return;
      hidden.add(value);
      hidden.add(encodeURIComponent(value));
    },
    clean(text) {
      // Before the cut, which may leave a part of a secret, and after colours within it are gone.
      let words = conceal(text);
      if (PLAIN.test(words)) return words;
      words = words.slice(0, 20 * MAX_WORDS).replace(COLOUR, '');
      words = conceal(words)
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

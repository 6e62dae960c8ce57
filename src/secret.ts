const HIDDEN = '[secret]';

/**
 * A value that no print, template, JSON or inspection shows: credentials and signed links.
 * Only `reveal` gives it, at the place that sends it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/**
 * Where a credential comes from: resolved at the first `read` and kept.
 * `renew` forgets it, so that a rotated secret is found. Both throw GdprError `credentials`.
 */
export interface SecretSource {
  read(): Promise<Secret>;
  renew(): void;
}

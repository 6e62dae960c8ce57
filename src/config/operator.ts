import { GdprError } from '../errors.ts';
import type { Host } from '../host.ts';
import { given } from './given.ts';

const LONGEST = 255;

/**
 * Who is at the terminal: `GDPR_OPERATOR`, else the system user. It is printed and recorded, so
 * control characters and lone surrogates are refused (GdprError `config`).
 */
export function operatorName(host: Host): string {
  const name = given(host, 'GDPR_OPERATOR');
  if (name === null) return host.user;
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) || !name.isWellFormed() || name.length > LONGEST) {
    throw new GdprError(
      'config',
      `GDPR_OPERATOR is not a name: it has control characters, or more than ${LONGEST} characters.`,
      { next: 'Nothing was sent. Set GDPR_OPERATOR to a plain name, or unset it.' },
    );
  }
  return name;
}

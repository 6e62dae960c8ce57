import { GdprError } from '../errors.ts';

/** The error for what the rest of the program must never ask of an adapter. */
export function notOurs(message: string): GdprError {
  return new GdprError('internal', message, {
    next: 'Nothing was sent. This is a fault of gdpr: please report it.',
  });
}

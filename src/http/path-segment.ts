import { GdprError } from '../errors.ts';

/**
 * An id as one segment of a path. URL parsers collapse `.` and `..` even when they are encoded, so
 * that `/users/../export` is another endpoint; such ids were refused long before, and here they are
 * an error of ours: nothing is sent.
 */
export function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed()) {
    throw new GdprError('internal', 'an id that cannot stand in a path reached the network', {
      next: 'Nothing was sent. This is a fault of gdpr: please report it.',
    });
  }
  return encodeURIComponent(id);
}

/** What an answer says about the file behind it. */
export interface Entity {
  /** Strong validators only: a weak one does not promise the same bytes. */
  etag: string | null;
  /** Length of the whole file in bytes. */
  total: number | null;
}

/** The file that a 200 answer brings. */
export function entityOf(headers: Readonly<Record<string, string>>): Entity {
  return { etag: strongEtag(headers['etag']), total: digits(headers['content-length']) };
}

/**
 * Whether a 206 answer goes on exactly at byte `at` of the very same file: its range starts there,
 * its total is the one announced, and its ETag is the same strong one (RFC 9110, 13.1.5, 15.3.7).
 */
export function continues(
  headers: Readonly<Record<string, string>>,
  at: number,
  entity: Entity,
): boolean {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range']?.trim() ?? '');
  if (match === null) return false;
  const [start, end, total] = match.slice(1).map(Number);
  return (
    start === at &&
    total === entity.total &&
    end !== undefined &&
    total !== undefined &&
    end >= start &&
    end < total &&
    entity.etag !== null &&
    strongEtag(headers['etag']) === entity.etag
  );
}

function strongEtag(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return /^"[\x21\x23-\x7E]+"$/.test(text) ? text : null;
}

function digits(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

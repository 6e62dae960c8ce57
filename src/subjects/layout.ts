import type { Subject } from '../requests/request.ts';
import type { Column } from './header.ts';
import type { SubjectRow } from './subjects.ts';

/** What a row says. */
export type CellSource = Pick<SubjectRow, 'subject' | 'reference' | 'receivedOn'>;
/** What has become of it. */
export type NotedRow = Pick<SubjectRow, 'requestId' | 'disposition' | 'facts'>;

/**
 * Makes rows of cells of our columns, in the order of `columns`: that of a line whose cells begin at
 * `start` among those of others.
 */
export function layoutOf(
  columns: readonly Column[],
): (line: number, cells: readonly string[], start: number, noted: NotedRow) => SubjectRow {
  const user = columns.indexOf('user_id');
  const stream = orElse(columns.indexOf('stream_id'), user);
  const sendbird = orElse(columns.indexOf('sendbird_id'), user);
  const reference = columns.indexOf('reference');
  const receivedOn = columns.indexOf('received_on');
  return (line, cells, start, { requestId, disposition, facts }) => {
    const cell = (at: number): string | null => (at < 0 ? null : cells[start + at] || null);
    const streamId = cell(stream);
    const sendbirdId = cell(sendbird);
    return {
      line,
      subject: { userId: cell(user) ?? streamId ?? sendbirdId ?? '', streamId, sendbirdId },
      reference: cell(reference),
      receivedOn: cell(receivedOn),
      requestId,
      disposition,
      facts,
    };
  };
}

/** The cells of a row by column, such that reading them again gives the same row. */
export function cellsOf(
  { subject, reference, receivedOn }: CellSource,
  columns: readonly string[],
): Readonly<Record<string, string>> {
  const cells: Readonly<Record<string, string | null>> = {
    user_id: userCell(subject, columns),
    stream_id: subject.streamId,
    sendbird_id: subject.sendbirdId,
    reference,
    received_on: receivedOn,
  };
  return Object.fromEntries(columns.map((column) => [column, cells[column] ?? '']));
}

/** Where `user_id` stands for a provider's id, an empty cell says that there is no account. */
function userCell(
  { userId, streamId, sendbirdId }: Subject,
  columns: readonly string[],
): string | null {
  if (!columns.includes('stream_id')) return streamId;
  return columns.includes('sendbird_id') ? userId : sendbirdId;
}

function orElse(index: number, other: number): number {
  return index >= 0 ? index : other;
}

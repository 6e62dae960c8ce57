/** The length of one piece of a file; every file is so many of them. */
export const PIECE = 1_000_000;

/**
 * One piece of JSON lines, whole lines of about 500 bytes in the manner of a Stream users export.
 * No messages among them: of 10,000 and more the program says that the export may be cut.
 */
export function exportLines(): Buffer {
  const lines: string[] = [];
  let left = PIECE;
  for (let index = 0; left > 0; index += 1) {
    const line = fitted(index, left);
    lines.push(line);
    left -= Buffer.byteLength(line);
  }
  return Buffer.from(lines.join(''));
}

/** The last line of a piece is as long as what is left of it. */
function fitted(index: number, left: number): string {
  const line = entity(index, '');
  const length = Buffer.byteLength(line);
  return left >= 2 * length ? line : entity(index, '.'.repeat(left - length));
}

function entity(index: number, padding: string): string {
  const id = index.toString(16).padStart(12, '0');
  const at = new Date(Date.UTC(2026, 0, 1) + index * 61_000).toISOString();
  const reaction = {
    message_id: `5b0f3a52-9c1d-4e0b-8f6e-${id}`,
    user_id: `user-${index % 97}`,
    user: { id: `user-${index % 97}`, name: 'Ada Lovelace', role: 'user', online: index % 2 === 0 },
    type: ['like', 'love', 'haha'][index % 3],
    score: index % 7,
    created_at: at,
    updated_at: at,
    note: `She said "see you in Zürich",\nand left 👋 at ${index % 24}:00.${padding}`,
    image: `https://cdn.example.com/attachments/1204551/${id}.jpg?w=640&h=480`,
    geo: { lat: 47.3769 + index / 1e6, lon: -8.5417, accuracy: null },
  };
  return `${JSON.stringify({ type: 'reaction', reaction })}\n`;
}

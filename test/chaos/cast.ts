/** Who takes part in an act. */
export interface Cast {
  /** How many numbered people the sandbox has. */
  users: number;
  /** Those whom exports, erases and restores are about; some are at one provider, or nowhere. */
  subjects: readonly string[];
  /** Named only where nobody says yes: nothing may ever happen to them. */
  bystanders: readonly string[];
}

const NAMED = ['ada', 'linus', 'prolific', 'quiet', 'nobody-1', 'nobody-2'];
const BYSTANDERS = 6;

/** `size` numbered subjects beside the named ones. */
export function createCast(size: number): Cast {
  const users = size + BYSTANDERS;
  const numbered = Array.from(
    { length: users },
    (_, index) => `user-${String(index + 1).padStart(6, '0')}`,
  );
  return {
    users,
    subjects: [...NAMED, ...numbered.slice(0, size)],
    bystanders: numbered.slice(size),
  };
}

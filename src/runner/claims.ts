/** Tasks that calls are about to be recorded with: no other call may be recorded with the same. */
export interface Claims {
  /** False: somebody else has it. `owner` may have it several times. */
  take(account: string, taskId: string, owner: string): boolean;
  /** Once it is recorded, or will not be. */
  release(account: string, taskId: string, owner: string): void;
  isTaken(account: string, taskId: string): boolean;
}

export function createClaims(): Claims {
  const owners = new Map<string, { owner: string; times: number }>();
  return {
    take(account, taskId, owner) {
      const key = keyOf(account, taskId);
      const known = owners.get(key) ?? { owner, times: 0 };
      if (known.owner !== owner) return false;
      owners.set(key, { owner, times: known.times + 1 });
      return true;
    },
    release(account, taskId, owner) {
      const key = keyOf(account, taskId);
      const known = owners.get(key);
      if (known?.owner !== owner) return;
      if (known.times > 1) owners.set(key, { owner, times: known.times - 1 });
      else owners.delete(key);
    },
    isTaken: (account, taskId) => owners.has(keyOf(account, taskId)),
  };
}

function keyOf(account: string, taskId: string): string {
  return JSON.stringify([account, taskId]);
}

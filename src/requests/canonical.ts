/**
 * JSON in which the order of keys makes no difference, and a key that is undefined none either: equal
 * texts mean equal values. `value` is what JSON can hold.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) return ofObject(value);
  return JSON.stringify(value) ?? 'null';
}

function ofObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`);
  return `{${members.toSorted().join(',')}}`;
}

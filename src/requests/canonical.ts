/**
 * JSON with one spelling: keys sorted at every depth (those that are array indexes first, as every
 * object has them), no white space, `undefined` left out, lone surrogates replaced as UTF-8 does.
 * Equal values have equal texts.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const key of sortedKeys(value)) {
    const inner: unknown = Reflect.get(value, key);
    if (inner === undefined) continue;
    const comma = members === '' ? '' : ',';
    members += `${comma}${JSON.stringify(key)}:${canonicalJson(inner)}`;
  }
  return `{${members}}`;
}

/** Every object has its array indexes first, and in their order; the rest is sorted by code units. */
function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  let indexes = 0;
  while (isIndex(keys[indexes])) indexes += 1;
  const rest = keys.slice(indexes).toSorted();
  return indexes === 0 ? rest : [...keys.slice(0, indexes), ...rest];
}

function isIndex(key: string | undefined): boolean {
  return key !== undefined && /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
}

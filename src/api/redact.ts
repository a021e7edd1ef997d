/** Properties a caller may be kept from, each with the name a grant's `output_fields` calls it by. */
export type Hideable = Readonly<Record<string, string>>;

/**
 * Clears what the caller's grants do not show. One synchronous pass per row; identifiers, versions, times,
 * status and type are no part of `hideable` and always stay.
 */
export function redact<T extends object>(row: T, fields: '*' | ReadonlySet<string>, hideable: Hideable): T {
  if (fields === '*') return row;
  const target = row as Record<string, unknown>;
  for (const [property, name] of Object.entries(hideable)) {
    if (!fields.has(name)) target[property] = null;
  }
  return row;
}

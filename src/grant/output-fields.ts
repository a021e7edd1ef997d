/** Names of fields that may be shown: null when none were ever named, so that the defaults apply; none when empty. */
export type OutputFields = readonly string[] | null;

/** Both sets of fields together, sorted; `*` takes in all others. Naming no fields is not the same as not naming. */
export function addFields(to: OutputFields, more: OutputFields): OutputFields {
  if (more === null) return to;
  const all = [...(to ?? []), ...more];
  return all.includes('*') ? ['*'] : [...new Set(all)].sort();
}

const anonymousFields = new Set([
  ...['id', 'scope', 'scope_id', 'plugin_id', 'plugin', 'name', 'description', 'type', 'is_primary'],
  ...['primary_auth_method_id', 'authorized_actions', 'authorized_collection_actions'],
]);

/** True for callers of whom nobody knows who they are. */
export function isAnonymousId(userId: string): boolean {
  return userId === 'u_anon' || userId === '';
}

/** What a caller sees when its grants name these fields: all of it by default, little of it when it is anonymous. */
export function fieldsOrDefault(fields: OutputFields, userId: string): '*' | ReadonlySet<string> {
  if (fields !== null) return fields.includes('*') ? '*' : new Set(fields);
  if (userId === '') return new Set();
  return isAnonymousId(userId) ? anonymousFields : '*';
}

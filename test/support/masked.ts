/** The id of something of the same type that does not exist. */
export function missingLike(id: string): string {
  return id === 'global' ? 'o_0000000000' : id.replace(/_.*/, '_0000000000');
}

/** An answer as text, without the ids that differ from request to request, and without that one. */
export function masked(answer: unknown, id?: string): string {
  const text = JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '$1_');
  return id === undefined ? text : text.replaceAll(id, 'ID');
}

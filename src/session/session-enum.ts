/** A GraphQL enum of words that rows carry: `closed by user` is CLOSED_BY_USER. */
export function enumOf<Word extends string>(words: readonly Word[]): Record<string, Word> {
  return Object.fromEntries(words.map((word) => [word.toUpperCase().replaceAll(' ', '_'), word]));
}

/** Descriptions of the values of such an enum. */
export function valuesOf(words: Readonly<Record<string, string>>): Record<string, { description: string }> {
  return Object.fromEntries(
    Object.entries(words).map(([word, description]) => [
      word.toUpperCase().replaceAll(' ', '_'),
      { description },
    ]),
  );
}

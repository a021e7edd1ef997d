/**
 * Lets long flags be written with one dash, as the ancestor has them: `-scope-id=p_…` is `--scope-id=p_…`.
 * What stands behind a bare `--` belongs to another program and is left alone.
 */
export function normalizeArgv(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const ours = end === -1 ? argv : argv.slice(0, end);
  const theirs = end === -1 ? [] : argv.slice(end);
  return [...ours.map((word) => (/^-[a-z][a-z0-9-]+(=|$)/.test(word) ? `-${word}` : word)), ...theirs];
}

/** What stands behind a bare `--`. Commander counts it among the arguments of the command itself. */
export function wordsBehind(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? [] : argv.slice(end + 1);
}

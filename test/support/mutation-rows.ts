import type { MutationRow } from './mutation-row';
import { hostRows } from './mutation-rows-hosts';
import { identityRows } from './mutation-rows-identity';
import { sessionRows } from './mutation-rows-sessions';
import { targetRows } from './mutation-rows-targets';

/** Every mutation of the schema, at least once. */
export const mutationRows: readonly MutationRow[] = [
  ...identityRows,
  ...hostRows,
  ...targetRows,
  ...sessionRows,
];

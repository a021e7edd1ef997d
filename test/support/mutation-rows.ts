import type { MutationRow } from './mutation-row';
import { accountRows } from './mutation-rows-accounts';
import { credentialRows } from './mutation-rows-credentials';
import { hostRows } from './mutation-rows-hosts';
import { identityRows } from './mutation-rows-identity';
import { scopeRows } from './mutation-rows-scopes';
import { sessionRows } from './mutation-rows-sessions';
import { targetRows } from './mutation-rows-targets';

/** Every mutation of the schema, at least once. */
export const mutationRows: readonly MutationRow[] = [
  ...scopeRows,
  ...accountRows,
  ...identityRows,
  ...hostRows,
  ...credentialRows,
  ...targetRows,
  ...sessionRows,
];

import type { GivenGrant, Protected } from './acl.js';

/** What a change would give to somebody. Where the server is set so, nobody may give what they lack themselves. */
export type Gift = {
  /** The action that gives it, and on what. */
  readonly action: string;
  readonly on: Protected;
} & (
  | { readonly kind: 'grants'; readonly grants: readonly GivenGrant[] }
  /** Roles, to users and groups. */
  | { readonly kind: 'role'; readonly roleId: string; readonly principalIds: readonly string[] }
  /** All roles of a group, to users. */
  | { readonly kind: 'membership'; readonly groupId: string; readonly userIds: readonly string[] }
  /** All that a user may do, to whoever can sign in by those accounts. */
  | { readonly kind: 'identity'; readonly userId: string; readonly accountIds: readonly string[] }
);

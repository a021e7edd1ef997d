import type { Acl } from '../core/acl.js';
import type { Actor } from '../core/ctx.js';
import type { LoggedEvent } from '../events/event.store.js';
import { protectedRow } from '../grant/require.js';
import type { Target } from '../target/target.entity.js';

/**
 * Facts after which a session might not be authorized again, or not to the same place, each with what of a session
 * it is about. Deletions that sessions do not outlive stand in `removal.store.ts`.
 */
export const concerns = {
  'role.changed': 'holder',
  'role.deleted': 'holder',
  'group.changed': 'holder',
  'group.deleted': 'holder',
  'scope.deleted': 'lost holder', // roles and groups go with it and leave no facts of their own
  'scope.changed': 'scope',
  'user.changed': 'user',
  'account.changed': 'account',
  'target.changed': 'target',
  'host.changed': 'host',
  'host-set.changed': 'host set',
  'host-set.deleted': 'project of hosts', // a host may have been offered by it and another set
} as const;
export type Concern = (typeof concerns)[keyof typeof concerns];

/** What a fact is about in sessions; null when it takes nothing from any. */
export function concernOf({ kind }: Pick<LoggedEvent, 'kind'>): Concern | null {
  return Object.hasOwn(concerns, kind) ? concerns[kind as keyof typeof concerns] : null;
}

/** Facts after which a reader may see something else, or is nobody any more, each with whom it is about. */
const readersConcerned = {
  'role.created': 'everybody',
  'role.changed': 'everybody',
  'role.deleted': 'everybody',
  'group.changed': 'everybody',
  'group.deleted': 'everybody',
  'scope.deleted': 'everybody',
  'auth-method.deleted': 'everybody',
  'user.changed': 'userId',
  'user.deleted': 'userId',
  'account.changed': 'accountId',
  'account.deleted': 'accountId',
  'auth-token.deleted': 'tokenId',
} as const;

/** Whether a reader's view has to be looked at again after that fact. */
export function concernsReader(
  { kind, subjectId }: Pick<LoggedEvent, 'kind' | 'subjectId'>,
  actor: Actor,
): boolean {
  if (!Object.hasOwn(readersConcerned, kind)) return false;
  const whom = readersConcerned[kind as keyof typeof readersConcerned];
  return whom === 'everybody' || (actor.kind === 'user' && actor[whom] === subjectId);
}

/** The roles that let somebody ask for a session on a target, each once; none when nothing does. */
export function rolesBehind(acl: Acl, target: Pick<Target, 'id' | 'scopeId' | 'scopeParentId'>): string[] {
  const deciding = acl.why('authorize-session', protectedRow('target', target));
  return [...new Set(deciding.map(({ roleId }) => roleId))];
}

/** Where a session goes, and what its target offers now. */
export interface EndpointNow {
  readonly hostId: string | null;
  readonly endpointHost: string;
  readonly endpointPort: number;
  readonly address: string | null;
  readonly defaultPort: number;
  /** The host has that address still, and is in one of the target's sets. */
  readonly isHostOffered: boolean;
}

/** Whether who asks for a session now could get to the very same place. */
export function isOffered(now: EndpointNow): boolean {
  if (now.endpointPort !== now.defaultPort) return false;
  return now.hostId === null ? now.address === now.endpointHost : now.isHostOffered;
}

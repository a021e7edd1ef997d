import type { Acl } from '../core/acl.js';
import { makeJudge } from './judge.js';
import { listedField, listPermission } from './list-permission.js';
import { fieldsOrDefault, isAnonymousId } from './output-fields.js';
import { scopedGrants, type RoleGrant, type TellUnread } from './scoped-grant.js';

export type { RoleGrant, TellUnread } from './scoped-grant.js';

export interface Caller {
  /** `u_anon` for a caller without a token. */
  readonly userId: string;
  readonly accountId: string | null;
}

/**
 * The access of one caller out of the grants of its roles. Denies by default: a grant that this build cannot
 * read gives nothing and takes nothing from the others.
 */
export function makeAcl(caller: Caller, grants: readonly RoleGrant[], tellUnread?: TellUnread): Acl {
  const scoped = scopedGrants(grants, caller, tellUnread);
  const judge = makeJudge(scoped, isAnonymousId(caller.userId));
  let viewKey: string | undefined;
  return {
    may: (action, on) => judge(on).may(action),
    why: (action, on) =>
      judge(on)
        .why(action)
        .flatMap(({ given }) => given ?? []),
    actionsOn: (actions, on) => actions.filter(judge(on).may),
    fieldsFor: (action, on) => fieldsOrDefault(judge(on).fields(action), caller.userId),
    listPermission: (type, idActions) => listPermission(caller.userId, scoped, type, idActions),
    listedField: (type, field) => listedField(caller.userId, scoped, type, field),
    get viewKey() {
      return (viewKey ??= viewKeyOf(caller, grants));
    },
  };
}

// Two callers with equal grants see the same, unless a grant is about oneself.
function viewKeyOf(caller: Caller, grants: readonly RoleGrant[]): string {
  const lines = grants.map((one) => `${one.grantScope}@${one.roleScopeId} ${one.canonical}`).sort();
  const isPersonal = lines.some((line) => line.includes(':self') || line.includes('{{'));
  const whose = isPersonal ? caller.userId : isAnonymousId(caller.userId) ? 'u_anon' : '';
  return `${whose}\n${[...new Set(lines)].join('\n')}`;
}

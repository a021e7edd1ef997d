import type { GivenGrant, Protected, Reach } from '../core/acl.js';
import { parseStoredGrant, requirePlace, type Grant } from './grant.js';
import { GrantFault } from './grant-fault.js';
import { fillTemplate, isTemplate, type TemplateValues } from './template.js';

/** A grant as a role gives it. */
export interface RoleGrant extends GivenGrant {
  /** Parent of the role's scope, where somebody asks for it. */
  readonly roleParentScopeId?: string | null;
}

/** A grant that is understood, with the ids of its caller in it, and the scopes for which it speaks. */
export interface ScopedGrant extends Pick<RoleGrant, 'roleScopeId' | 'roleParentScopeId' | 'grantScope'> {
  readonly grant: Grant;
  readonly actions: ReadonlySet<string>;
  /** As its role gives it; null where none does. */
  readonly given: RoleGrant | null;
}

/** Told of each stored grant that this build cannot read. */
export type TellUnread = (grant: RoleGrant, why: string) => void;

interface Known {
  readonly grant: Grant;
  readonly actions: ReadonlySet<string>;
  readonly isPersonal: boolean;
}

const known = new Map<string, Known | GrantFault>();
const mostKnown = 50_000;

/**
 * The stored grants of roles, understood for a caller. What this build cannot read is told of and left out: it
 * gives nothing and takes nothing from the others.
 */
export function scopedGrants(
  grants: readonly RoleGrant[],
  values: TemplateValues,
  tellUnread: TellUnread = () => {},
): ScopedGrant[] {
  return grants.flatMap((one) => {
    const read = knownOrFault(one);
    if (read instanceof GrantFault) {
      tellUnread(one, read.message);
      return [];
    }
    const { grant, actions, isPersonal } = read;
    return [{ ...scoped(one, isPersonal ? filled(grant, values) : grant, actions), given: one }];
  });
}

/** One grant in its scopes. */
export function scoped(
  place: Pick<RoleGrant, 'roleScopeId' | 'roleParentScopeId' | 'grantScope'>,
  grant: Grant,
  actions: ReadonlySet<string> = new Set(grant.actions),
): ScopedGrant {
  const { roleScopeId, roleParentScopeId = null, grantScope } = place;
  return { grant, actions, roleScopeId, roleParentScopeId, grantScope, given: null };
}

// Grants repeat across callers and requests. Stored ones were checked when they were written, but perhaps by
// another build, which knew other actions or types.
function knownOrFault({ canonical, roleScopeId, grantScope }: RoleGrant): Known | GrantFault {
  try {
    requirePlace(canonical, roleScopeId, grantScope);
  } catch (error) {
    return faultOf(error);
  }
  let read = known.get(canonical);
  if (read === undefined) {
    read = readOrFault(canonical);
    if (known.size >= mostKnown) known.clear();
    known.set(canonical, read);
  }
  return read;
}

function readOrFault(canonical: string): Known | GrantFault {
  try {
    const grant = parseStoredGrant(canonical);
    return { grant, actions: new Set(grant.actions), isPersonal: grant.ids.some(isTemplate) };
  } catch (error) {
    return faultOf(error);
  }
}

function faultOf(error: unknown): GrantFault {
  if (error instanceof GrantFault) return error as GrantFault;
  throw error;
}

function filled(grant: Grant, values: TemplateValues): Grant {
  return { ...grant, ids: grant.ids.map((id) => fillTemplate(id, values)) };
}

/** The scope a grant speaks for alone; null where it speaks for children or descendants. */
export function directScopeOf({
  roleScopeId,
  grantScope,
}: Pick<RoleGrant, 'roleScopeId' | 'grantScope'>): string | null {
  if (grantScope === 'children' || grantScope === 'descendants') return null;
  return grantScope === 'this' ? roleScopeId : grantScope;
}

/** Whether a grant speaks for the scope of a thing. `children` are the scopes directly below the role's. */
export function covers(
  one: Pick<RoleGrant, 'roleScopeId' | 'grantScope'>,
  on: Pick<Protected, 'scopeId' | 'parentScopeId'>,
): boolean {
  if (one.grantScope === 'children') return on.parentScopeId === one.roleScopeId;
  if (one.grantScope === 'descendants') return on.scopeId !== 'global';
  return on.scopeId === directScopeOf(one);
}

/** All scopes for which one of the grants speaks. */
export function reachOf(grants: readonly Pick<RoleGrant, 'roleScopeId' | 'grantScope'>[]): Reach {
  const scopes = new Set<string>();
  const parents = new Set<string>();
  let everywhere = false;
  for (const one of grants) {
    const direct = directScopeOf(one);
    if (direct !== null) scopes.add(direct);
    else if (one.grantScope === 'children') parents.add(one.roleScopeId);
    else everywhere = true;
  }
  return { scopes: [...scopes], parents: [...parents], everywhere };
}

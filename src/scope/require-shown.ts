import type { Acl, Protected } from '../core/acl.js';
import type { ReadCtx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { Params, reachSql } from '../grant/list-predicate.js';
import { idActionsOf } from '../grant/resource-type.js';
import { placeSql, type LeanedOn, type Listing } from './listing.js';
import { hasScopeWhere } from './scope.store.js';

/**
 * Refuses, with INVALID_INPUT that names it, to filter or sort a list by a field that the caller's grants hide
 * in any of the scopes the list goes over: what a page then holds, or its order, would tell the hidden value.
 */
export async function requireShown(
  ctx: ReadCtx,
  { type, livesIn }: Pick<Listing<never>, 'type' | 'livesIn'>,
  args: { readonly scopeId: string; readonly recursive: boolean },
  leansOn: readonly LeanedOn[],
): Promise<void> {
  const acl = await ctx.acl();
  const { listable } = acl.listPermission(type, idActionsOf(type));
  const columns = { id: 's.id', scopeId: 's.id', scopeParentId: 's.parent_id' };
  for (const { path, field } of leansOn) {
    const { limited, shown } = acl.listedField(type, field);
    if (limited.scopes.length + limited.parents.length === 0 && !limited.everywhere) continue;
    const params = new Params();
    const conditions = [
      ...placeSql(listable, columns, args, params),
      `s.type = any(${params.add(livesIn, 'text[]')})`,
      reachSql(limited, columns, params),
      `not coalesce(${reachSql(shown, columns, params)}, false)`,
    ];
    if (await hasScopeWhere(ctx.tx, conditions, params.values))
      throw invalidInput(
        path,
        `${field} is hidden from you in some of these scopes; leave it out, or ask of fewer`,
      );
  }
}

/** The same for a list that lies in one container, whose collection `on` is. */
export function requireShownOn(acl: Acl, on: Protected, leansOn: readonly LeanedOn[]): void {
  const fields = acl.fieldsFor('list', on);
  for (const { path, field } of leansOn) {
    if (fields !== '*' && !fields.has(field))
      throw invalidInput(path, `${field} is hidden from you; leave it out`);
  }
}

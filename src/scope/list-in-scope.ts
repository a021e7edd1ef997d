import { pageWindow, type Page, type PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import type { Reach } from '../core/acl.js';
import type { ReadCtx } from '../core/ctx.js';
import { Params } from '../grant/list-predicate.js';
import { isVisible, notFound, protectedCollection, requireOnCollection } from '../grant/require.js';
import { idActionsOf, type ResourceType } from '../grant/resource-type.js';
import { fetchPage, leanedOn, listKey, type ListedRow, type Listing, type ListTerms } from './listing.js';
import { listRanges } from './list-ranges.js';
import { requireShown } from './require-shown.js';
import type { Scope } from './scope.entity.js';
import { findScope, isParentOfAny } from './scope.store.js';

export interface ScopeArgs extends PageArgs {
  readonly scopeId: string;
  readonly recursive: boolean;
}

/**
 * One page of what the caller may see of a scope; with `recursive`, of all scopes below it too. Filtered
 * before it is cut, so that a page is short only at the end of the list. Refuses with NOT_FOUND a scope
 * that is missing or hidden, with FORBIDDEN a caller who may list nothing there, with INVALID_INPUT a filter or
 * an order by what the caller is kept from.
 */
export async function listInScope<T extends ListedRow>(
  request: Request,
  listing: Listing<T>,
  args: ScopeArgs,
  terms: ListTerms<T>,
): Promise<Page<T>> {
  const key = listKey(request, listing.type, [args.scopeId, args.recursive], terms);
  const window = pageWindow(args, request.cursors, key);
  const scope = await requireListing(request.ctx, listing.type, args);
  await requireShown(request.ctx, listing, args, leanedOn(terms));
  const acl = await request.ctx.acl();
  const permission = acl.listPermission(listing.type, idActionsOf(listing.type));
  const params = new Params();
  const ranges = listRanges(permission, { scope, recursive: args.recursive }, listing, params);
  const found = { ranges, conditions: terms.filter.sql(params) };
  return fetchPage(request, listing, terms.order, window, found, params);
}

/**
 * The scope to list in, once the caller may list that type there or, recursively, anywhere. A scope that it
 * neither sees nor may list in, nor in any below, fails as one that is missing, after the same statements.
 */
export async function requireListing(
  ctx: ReadCtx,
  type: ResourceType,
  args: { readonly scopeId: string; readonly recursive: boolean },
): Promise<Scope> {
  const [scope, acl] = await Promise.all([findScope(ctx.tx, args.scopeId), ctx.acl()]);
  const on = scope && protectedCollection(type, scope);
  if (scope && on && acl.may('list', on)) return scope;
  const { listable } = acl.listPermission(type, idActionsOf(type));
  const isAbove = args.recursive && (await isParentOfAny(ctx.tx, args.scopeId, listable.scopes));
  if (!scope || !on) throw notFound(ctx, 'list', 'scope', null);
  const opensBelow = args.recursive && (isAbove || opensIn(listable, scope));
  if (!isVisible(acl, 'scope', scope) && !opensBelow) throw notFound(ctx, 'list', 'scope', scope, on);
  if (args.recursive && isSomewhere(listable)) return scope;
  await requireOnCollection(ctx, 'list', on);
  return scope;
}

function isSomewhere({ scopes, parents, everywhere }: Reach): boolean {
  return scopes.length > 0 || parents.length > 0 || everywhere;
}

// Whether the reach covers the scope or, as far as that is known without its children's ids, one below it.
function opensIn(reach: Reach, { id, parentId }: Scope): boolean {
  if (id === 'global') return isSomewhere(reach);
  const { scopes, parents, everywhere } = reach;
  return everywhere || scopes.includes(id) || parents.includes(id) || parents.includes(parentId ?? '');
}

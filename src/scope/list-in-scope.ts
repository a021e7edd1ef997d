import { pageWindow, type Page, type PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import type { Acl } from '../core/acl.js';
import type { ReadCtx } from '../core/ctx.js';
import { Params } from '../grant/list-predicate.js';
import { notFound, protectedCollection, protectedRow, requireOnCollection } from '../grant/require.js';
import { idActionsOf, type ResourceType } from '../grant/resource-type.js';
import { fetchPage, listKey, placeSql, type ListedRow, type ListFilter, type Listing } from './listing.js';
import type { Scope } from './scope.entity.js';
import { findScope } from './scope.store.js';

export interface ScopeArgs extends PageArgs {
  readonly scopeId: string;
  readonly recursive: boolean;
}

/**
 * One page of what the caller may see of a scope; with `recursive`, of all scopes below it too. Filtered
 * before it is cut, so that a page is short only at the end of the list. Refuses with NOT_FOUND a scope
 * that is missing or hidden, with FORBIDDEN a caller who may list nothing there.
 */
export async function listInScope<T extends ListedRow>(
  request: Request,
  listing: Listing<T>,
  args: ScopeArgs,
  filter: ListFilter,
): Promise<Page<T>> {
  const key = listKey(request, listing, [args.scopeId, args.recursive], filter);
  const window = pageWindow(args, request.cursors, key);
  await requireListing(request.ctx, listing.type, args);
  const params = new Params();
  const place = placeSql(await request.ctx.acl(), listing, args, params);
  return fetchPage(request, listing, window, [...place, ...filter.sql(params)], params);
}

/** The scope to list in, once the caller may list that type there (or, recursively, anywhere below). */
export async function requireListing(
  ctx: ReadCtx,
  type: ResourceType,
  args: { readonly scopeId: string; readonly recursive: boolean },
): Promise<Scope> {
  const scope = await findScope(ctx.tx, args.scopeId);
  const acl = await ctx.acl();
  if (!scope) throw notFound(ctx, 'list', 'scope', scope);
  const on = protectedCollection(type, scope);
  if (acl.may('list', on) || (args.recursive && opensAnything(acl, type))) return scope;
  const isVisible = acl.actionsOn(idActionsOf('scope'), protectedRow('scope', scope)).length > 0;
  if (!isVisible) throw notFound(ctx, 'list', 'scope', scope);
  await requireOnCollection(ctx, 'list', on);
  return scope;
}

function opensAnything(acl: Acl, type: ResourceType): boolean {
  const { scopes, parents, everywhere } = acl.listPermission(type, idActionsOf(type)).listable;
  return scopes.length > 0 || parents.length > 0 || everywhere;
}

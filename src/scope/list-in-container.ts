import { pageWindow, type Page, type PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Params } from '../grant/list-predicate.js';
import {
  isVisible,
  notFound,
  protectedCollection,
  requireOnCollection,
  type Placed,
} from '../grant/require.js';
import { idActionsOf, type ResourceType } from '../grant/resource-type.js';
import { containerRanges } from './list-ranges.js';
import { fetchPage, leanedOn, listKey, type ListedRow, type Listing, type ListTerms } from './listing.js';
import { requireShownOn } from './require-shown.js';

/** What owns the rows of a list (a host catalog, an auth method), as it was looked up. */
export interface Container {
  readonly type: ResourceType;
  readonly id: string;
  readonly row: Placed | null;
}

/**
 * One page of what the caller may see in a container. Refuses with NOT_FOUND a container that is missing or
 * hidden, with FORBIDDEN a caller who may not list in it, with INVALID_INPUT a filter or an order by what the
 * caller is kept from.
 */
export async function listInContainer<T extends ListedRow>(
  request: Request,
  listing: Listing<T>,
  { type, id, row }: Container,
  args: PageArgs,
  terms: ListTerms<T>,
): Promise<Page<T>> {
  const { ctx } = request;
  const window = pageWindow(args, request.cursors, listKey(request, listing.type, [id], terms));
  const acl = await ctx.acl();
  if (!row) throw notFound(ctx, 'list', type, null);
  const scope = { id: row.scopeId, parentId: row.scopeParentId };
  const on = protectedCollection(listing.type, scope, id);
  if (!isVisible(acl, type, row) && !acl.may('list', on)) throw notFound(ctx, 'list', type, row, on);
  await requireOnCollection(ctx, 'list', on);
  requireShownOn(acl, on, leanedOn(terms));
  const permission = acl.listPermission(listing.type, idActionsOf(listing.type));
  const params = new Params();
  const ranges = containerRanges(permission, { id, scope }, listing, params);
  const found = { ranges, conditions: terms.filter.sql(params) };
  return fetchPage(request, listing, terms.order, window, found, params);
}

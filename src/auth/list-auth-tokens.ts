import type { OrderDirection } from '../api/order-direction.js';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { ListFilter, Listing, ListOrder } from '../scope/listing.js';
import { requireFewValues } from '../scope/resource-terms.js';
import { AuthToken, authTokenFields } from './auth-token.entity.js';
import { tokenColumns, tokenTables } from './auth.store.js';
import { presentToken } from './require-auth-token.js';

const orders = {
  CREATED_AT: { key: 't.created_at', keyOf: (row: AuthToken) => row.createdAt, leansOn: [] },
  EXPIRES_AT: {
    key: 't.expires_at',
    keyOf: (row: AuthToken) => row.expiresAt,
    leansOn: [{ path: 'orderBy.field', field: 'expiration_time' }],
  },
} as const;

export interface AuthTokenFilter {
  readonly userIdIn?: readonly string[] | null;
}

export interface AuthTokenOrder {
  readonly field: keyof typeof orders;
  readonly direction: OrderDirection;
}

export interface AuthTokenListing extends ScopeArgs {
  readonly filter?: AuthTokenFilter | null;
  readonly orderBy?: AuthTokenOrder | null;
}

function orderOf({ field, direction }: AuthTokenOrder): ListOrder<AuthToken> {
  return { ...orders[field], keyType: 'timestamptz', descending: direction === 'DESC' };
}

function filterOf({ userIdIn }: AuthTokenFilter): ListFilter {
  requireFewValues('userIdIn', userIdIn);
  if (!userIdIn) return { key: null, sql: () => [], leansOn: [] };
  return {
    key: userIdIn,
    sql: (params) => [`t.user_id = any(${params.add(userIdIn, 'text[]')})`],
    leansOn: [{ path: 'filter.userIdIn', field: 'user_id' }],
  };
}

/** Tokens of a scope, latest login first unless told otherwise; one's own alone where no more is granted. */
export function listAuthTokens(request: Request, args: AuthTokenListing): Promise<Page<AuthToken>> {
  const listing: Listing<AuthToken> = {
    type: 'auth-token',
    entity: AuthToken,
    select: tokenColumns,
    from: tokenTables,
    alias: 't',
    columns: { id: 't.id', scopeId: 't.scope_id', scopeParentId: 's.parent_id', ownerId: 't.user_id' },
    livesIn: ['global', 'org'],
    hideable: authTokenFields,
    view: (acl, row) => presentToken(acl, request.ctx.actor, 'list', row),
  };
  const order = orderOf(args.orderBy ?? { field: 'CREATED_AT', direction: 'DESC' });
  return listInScope(request, listing, args, { filter: filterOf(args.filter ?? {}), order });
}

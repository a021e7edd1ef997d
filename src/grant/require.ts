import type { Acl, Protected } from '../core/acl.js';
import type { Ctx, Denial, NobodyReason } from '../core/ctx.js';
import { Failure } from '../core/failure.js';
import type { Reader } from '../core/tx.js';
import type { Action } from './action.js';
import { idActionsOf, type ResourceType } from './resource-type.js';

/** A row of a resource type that says where it stands, as every store selects it. */
export interface Placed {
  readonly id: string;
  readonly scopeId: string;
  readonly scopeParentId: string | null;
}

/** Where a row stands, for the permission engine. */
export function protectedRow(type: ResourceType, row: Placed, pin: string | null = null): Protected {
  return { type, id: row.id, scopeId: row.scopeId, parentScopeId: row.scopeParentId, pin };
}

/** A collection in a scope (or in a container that lies in it). */
export function protectedCollection(
  type: ResourceType,
  scope: { id: string; parentId: string | null },
  pin: string | null = null,
): Protected {
  return { type, id: null, scopeId: scope.id, parentScopeId: scope.parentId, pin };
}

/** Whether the caller sees a row: it holds any action on it, `no-op` included. */
export function isVisible(acl: Acl, type: ResourceType, row: Placed, pin: string | null = null): boolean {
  return acl.actionsOn(idActionsOf(type), protectedRow(type, row, pin)).length > 0;
}

/**
 * Demands an action on a row that was looked up. A row that is missing and a row the caller may not see
 * fail alike, with NOT_FOUND; one it may see but not act on fails with FORBIDDEN. A caller without a token
 * fails with UNAUTHENTICATED in each case.
 */
export async function requireOn<Row extends Placed>(
  ctx: Ctx<Reader>,
  action: Action,
  type: ResourceType,
  row: Row | null | undefined,
  pin: string | null = null,
): Promise<{ row: Row; acl: Acl }> {
  const acl = await ctx.acl();
  if (row && acl.may(action, protectedRow(type, row, pin))) return { row, acl };
  refuseAnonymous(ctx);
  const code = row && isVisible(acl, type, row, pin) ? 'FORBIDDEN' : 'NOT_FOUND';
  const on = row ? protectedRow(type, row, pin) : null;
  throw ctx.deny({ code, action, resourceType: type, ...placeOf(row), on });
}

/** Demands an action on a collection; the scope is known to be visible or given by the caller itself. */
export async function requireOnCollection(ctx: Ctx<Reader>, action: Action, on: Protected): Promise<Acl> {
  const acl = await ctx.acl();
  if (acl.may(action, on)) return acl;
  refuseAnonymous(ctx);
  const { scopeId } = on;
  const resourceId = on.pin ?? scopeId;
  throw ctx.deny({ code: 'FORBIDDEN', action, resourceType: on.type, resourceId, scopeId, on });
}

/**
 * Demands to see each of the rows behind the ids of an input: what is missing and what is hidden fail alike, with
 * NOT_FOUND. Gives the rows in the order of the ids.
 */
export async function requireSeen<Row extends Placed>(
  ctx: Ctx<Reader>,
  type: ResourceType,
  ids: readonly string[],
  rows: readonly Row[],
  pinOf: (row: Row) => string | null = () => null,
): Promise<Row[]> {
  const acl = await ctx.acl();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = byId.get(id);
    if (!row || !isVisible(acl, type, row, pinOf(row))) {
      throw notFound(ctx, 'read', type, row ?? null, row ? protectedRow(type, row, pinOf(row)) : null);
    }
    return row;
  });
}

/**
 * The refusal of what is missing or hidden. `on` is what the action was asked on, where that is another thing: a
 * collection in a container that stays hidden.
 */
export function notFound(
  ctx: Ctx<Reader>,
  action: Action,
  type: ResourceType,
  row: Placed | null,
  on: Protected | null = row && protectedRow(type, row),
): Failure {
  refuseAnonymous(ctx);
  return ctx.deny({ code: 'NOT_FOUND', action, resourceType: type, ...placeOf(row), on });
}

function placeOf(
  row: Pick<Placed, 'id' | 'scopeId'> | null | undefined,
): Pick<Denial, 'resourceId' | 'scopeId'> {
  return { resourceId: row?.id ?? null, scopeId: row?.scopeId ?? null };
}

/** Asks who has no valid token to sign in. */
export function refuseAnonymous({ actor }: Ctx<Reader>): void {
  if (actor.kind !== 'anonymous') return;
  const message = messages[actor.reason];
  throw new Failure({ code: 'UNAUTHENTICATED', message });
}

const messages: Readonly<Record<NobodyReason, string>> = {
  'no token': 'sign in first: postern authenticate password',
  'token not valid': 'the token is not valid (any more); sign in again: postern authenticate password',
  'token expired': 'the token has expired; sign in again: postern authenticate password',
  'API token not valid':
    'the API token is not valid (any more); have another one issued: postern users issue-api-token',
  'API token expired': 'the API token has expired; have another one issued: postern users issue-api-token',
};

import type { Acl, Protected } from '../core/acl.js';
import { redact, type Hideable } from '../api/redact.js';
import { isCollectionAction, isSelfAction, parentAction } from './action.js';
import { protectedRow, type Placed } from './require.js';
import { idActionsOf, type ResourceType } from './resource-type.js';

const nothing: ReadonlySet<string> = new Set();

/**
 * The fields a caller may see of a row when it performs one of the actions: those of the first it holds. On an
 * action of the collection (`list`, `create`) they are those of the collection. Who holds none, but sees the row for
 * another reason, sees what a list would show, or else nothing that can be hidden.
 */
export function shownFields(acl: Acl, actions: readonly string[], on: Protected): '*' | ReadonlySet<string> {
  const collection = { ...on, id: null };
  const ofCollection = actions.find(isCollectionAction);
  if (ofCollection !== undefined) return acl.fieldsFor(ofCollection, collection);
  const held = actions.find((action) => acl.may(action, on));
  if (held !== undefined) return acl.fieldsFor(held, on);
  return acl.may('list', collection) ? acl.fieldsFor('list', collection) : nothing;
}

/**
 * Actions held on a row of a type that knows ownership: a `:self` action counts on one's own, or with its parent.
 */
export function ownedActions(acl: Acl, type: ResourceType, on: Protected, isOwn: boolean): string[] {
  return acl
    .actionsOn(idActionsOf(type), on)
    .filter((action) => isOwn || !isSelfAction(action) || acl.may(parentAction(action) ?? action, on));
}

/**
 * A row as this caller may see it after performing that action: with the actions it holds on it, and
 * without the fields its grants keep back. Null when it may not see the row at all.
 */
export function present<Row extends Placed & { authorizedActions: string[]; standsIn?: Protected }>(
  acl: Acl,
  action: string,
  type: ResourceType,
  row: Row | null | undefined,
  hideable: Hideable,
  pin: string | null = null,
): Row | null {
  if (!row) return null;
  const on = protectedRow(type, row, pin);
  row.authorizedActions = acl.actionsOn(idActionsOf(type), on);
  if (row.authorizedActions.length === 0) return null;
  row.standsIn = on;
  return redact(row, shownFields(acl, [action], on), hideable);
}

import type { Acl } from '../core/acl.js';
import { redact, type Hideable } from '../api/redact.js';
import { protectedRow, type Placed } from './require.js';
import { idActionsOf, type ResourceType } from './resource-type.js';

/**
 * A row as this caller may see it after performing that action: with the actions it holds on it, and
 * without the fields its grants keep back. Null when it may not see the row at all.
 */
export function present<Row extends Placed & { authorizedActions: string[] }>(
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
  return redact(row, acl.fieldsFor(action, on), hideable);
}

import type { Action } from './action.js';
import { checkReach } from './check-reach.js';
import { readActions } from './grant-actions.js';
import { type Refuse, refusalOf } from './grant-fault.js';
import { readRawGrant, syntaxOf, wellFormed } from './grant-syntax.js';
import type { OutputFields } from './output-fields.js';
import { typeOfId, type ResourceType } from './resource-type.js';
import { checkableId, fillTemplate, nobodyKnown, type TemplateValues } from './template.js';
import { requireGrantType } from './type-name.js';

/** A grant string, understood. `ids` keeps the order written; actions and fields are sorted and unique. */
export interface Grant {
  /** Empty: the grant is about collections alone. */
  readonly ids: readonly string[];
  /** True when the one id was written with the old key `id`, which its text then keeps. */
  readonly isOldId: boolean;
  readonly type: ResourceType | '*' | null;
  readonly actions: readonly (Action | '*')[];
  /** Null: not given, so the defaults apply. */
  readonly outputFields: OutputFields;
}

/**
 * Reads a grant string such as `ids=*;type=target;actions=list,authorize-session`, in text or in JSON, and checks
 * that it can grant something: what is written must pass here. Templates become the ids of who is known, and stay
 * as they are otherwise. Throws a GrantFault that names what is wrong.
 */
export function parseGrant(text: string, values: TemplateValues = nobodyKnown): Grant {
  return understand(text, values, true);
}

/**
 * Reads a grant string that was checked when it was written: one that can grant nothing gives nothing here,
 * where a later rule must not lock anybody out. Throws a GrantFault for what cannot be understood at all.
 */
export function parseStoredGrant(text: string, values: TemplateValues = nobodyKnown): Grant {
  return understand(text, values, false);
}

/** Refuses a grant of which nobody knows where it stands. */
export function requirePlace(grant: string, roleScopeId: string, grantScope: string): void {
  const refuse = refusalOf(grant);
  if (grant === '') throw refuse('grant_empty', 'there is nothing');
  if (roleScopeId === '') throw refuse('role_scope_missing', 'the scope of the role is missing');
  if (grantScope === '') throw refuse('grant_scope_missing', 'the grant scope is missing');
}

// The order in which things are refused is part of the rules.
function understand(written: string, values: TemplateValues, isChecked: boolean): Grant {
  const text = wellFormed(written);
  const refuse = refusalOf(text);
  if (text === '') throw refuse('grant_empty', 'there is nothing');
  const raw = readRawGrant(text, syntaxOf(text), refuse);
  const ids = raw.id === null ? (raw.ids ?? []) : [raw.id];
  if (raw.id !== null && raw.ids !== null && raw.ids.length > 0) {
    throw refuse('id_and_ids', 'id stands beside ids; write ids alone');
  }
  requireOneKind(ids, refuse);
  const [first, ...others] = ids;
  const checkable = first === undefined ? null : checkableId(first, values, refuse);
  const rest = {
    type: requireGrantType(raw.type, refuse),
    actions: readActions(raw.actions, raw.outputFields, refuse),
    outputFields: raw.outputFields,
  };
  if (isChecked) checkReach({ ...rest, id: checkable }, refuse);
  for (const id of others) {
    const other = checkableId(id, values, refuse);
    if (isChecked) checkReach({ ...rest, id: other }, refuse);
  }
  return { ids: ids.map((id) => fillTemplate(id, values)), isOldId: raw.id !== null, ...rest };
}

// Of templates the type is not known yet, so they stand among themselves.
function requireOneKind(ids: readonly string[], refuse: Refuse): void {
  if (ids.length < 2) return;
  if (ids.includes('*')) throw refuse('ids_wildcard_mixed', '* stands beside other ids');
  if (new Set(ids.map(typeOfId)).size > 1) throw refuse('ids_mixed_types', 'ids of different types');
}

/** A grant as JSON knows it; keys that say nothing are left out. */
export interface GrantJson {
  readonly actions?: readonly string[];
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly output_fields?: readonly string[];
  readonly type?: string;
}

/** The one text of a grant: two strings that say the same in the same order of ids print the same. */
export function printGrant(grant: Grant): string {
  const { ids, isOldId, type, actions, outputFields } = grant;
  const segments: string[] = [];
  if (ids.length > 0) segments.push(`${isOldId ? 'id' : 'ids'}=${ids.join(',')}`);
  if (type !== null) segments.push(`type=${type}`);
  if (actions.length > 0) segments.push(`actions=${[...actions].sort().join(',')}`);
  if (outputFields !== null) segments.push(`output_fields=${[...outputFields].sort().join(',')}`);
  return segments.join(';');
}

/** The same as data, its keys in alphabetical order. */
export function grantJson({ ids, isOldId, type, actions, outputFields }: Grant): GrantJson {
  const [id] = ids;
  return {
    ...(actions.length > 0 ? { actions: [...actions].sort() } : {}),
    ...(isOldId && id !== undefined ? { id } : {}),
    ...(!isOldId && ids.length > 0 ? { ids } : {}),
    ...(outputFields !== null ? { output_fields: [...outputFields].sort() } : {}),
    ...(type !== null ? { type } : {}),
  };
}

/** The one JSON text of a grant; `parseGrant` reads it to the same grant. */
export function printGrantJson(grant: Grant): string {
  return JSON.stringify(grantJson(grant));
}

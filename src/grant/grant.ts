import { invalidInput, type Failure } from '../core/failure.js';
import { isAction, isCollectionAction, parentAction, type Action } from './action.js';
import {
  hasChildren,
  isResourceType,
  isTopLevel,
  parentType,
  typeOfId,
  type ResourceType,
} from './resource-type.js';

/** A grant string, understood. `ids` keeps the order written; actions and fields are sorted and unique. */
export interface Grant {
  /** Empty: the grant is about collections alone. */
  readonly ids: readonly string[];
  readonly type: ResourceType | '*' | null;
  readonly actions: readonly (Action | '*')[];
  /** Null: not given, so the defaults apply. */
  readonly outputFields: readonly string[] | null;
}

const templates = new Set(['user.id', '.User.Id', 'account.id', '.Account.Id']);

/**
 * Reads a grant string such as `ids=*;type=target;actions=list,authorize-session` and checks that it can
 * grant something. Throws INVALID_INPUT that names what is wrong with it.
 */
export function parseGrant(text: string): Grant {
  const refuse = (message: string): Failure => invalidInput('grant', `${message} in ${JSON.stringify(text)}`);
  const fields = readSegments(text, refuse);
  const ids = fields.ids;
  const grant: Grant = {
    ids,
    type: readType(fields.type, refuse),
    actions: readActions(fields.actions, fields.outputFields !== null, refuse),
    outputFields: fields.outputFields,
  };
  checkIds(grant, refuse);
  checkReach(grant, refuse);
  return grant;
}

/** The one text of a grant: two strings that mean the same print the same. */
export function printGrant(grant: Grant): string {
  const segments: string[] = [];
  if (grant.ids.length > 0) segments.push(`ids=${grant.ids.join(',')}`);
  if (grant.type !== null) segments.push(`type=${grant.type}`);
  if (grant.actions.length > 0) segments.push(`actions=${grant.actions.join(',')}`);
  if (grant.outputFields !== null) segments.push(`output_fields=${grant.outputFields.join(',')}`);
  return segments.join(';');
}

interface Segments {
  idKey: 'id' | 'ids' | null;
  ids: string[];
  type: string | null;
  actions: string[];
  outputFields: string[] | null;
}

type Refuse = (message: string) => Failure;

function readSegments(text: string, refuse: Refuse): Segments {
  if (text === '') throw refuse('there is nothing');
  const found: Segments = { idKey: null, ids: [], type: null, actions: [], outputFields: null };
  for (const segment of text.split(';')) {
    const parts = segment.split('=');
    if (parts.length !== 2) throw refuse('a segment must be key=value');
    const [key, value] = parts as [string, string];
    if (key === '') throw refuse('a segment has no key');
    if (value === '' && key !== 'output_fields') throw refuse(`${key} has no value`);
    const list = value.split(',');
    if (key === 'id' || key === 'ids') {
      if (found.idKey !== null && found.idKey !== key) throw refuse('id stands beside ids');
      if (list.includes('')) throw refuse('an id is empty');
      if (key === 'id' && list.length > 1) throw refuse('id takes one; several stand in ids');
      found.idKey = key;
      found.ids = list;
    } else if (key === 'type') {
      found.type = value.toLowerCase();
    } else if (key === 'actions') {
      if (list.includes('')) throw refuse('an action is empty');
      found.actions = list.map((action) => action.toLowerCase());
    } else if (key === 'output_fields') {
      const names = value === '' ? [] : list;
      const all = [...(found.outputFields ?? []), ...names];
      found.outputFields = all.includes('*') ? ['*'] : [...new Set(all)].sort();
    }
  }
  return found;
}

function readType(type: string | null, refuse: Refuse): Grant['type'] {
  if (type === null || type === '*') return type;
  if (!isResourceType(type)) throw refuse(`unknown type ${type}`);
  return type;
}

function readActions(names: readonly string[], hasFields: boolean, refuse: Refuse): Grant['actions'] {
  if (names.length === 0 && !hasFields) throw refuse('no actions');
  if (names.includes('*') && new Set(names).size > 1) throw refuse('* stands beside other actions');
  for (const name of names) if (name !== '*' && !isAction(name)) throw refuse(`unknown action ${name}`);
  return [...new Set(names)].sort() as Grant['actions'];
}

function checkIds({ ids }: Grant, refuse: Refuse): void {
  if (ids.includes('*') && ids.length > 1) throw refuse('* stands beside other ids');
  const types = ids
    .filter((id) => id !== '*')
    .map((id) => (isTemplate(id, refuse) ? 'template' : typeOfId(id)));
  if (new Set(types).size > 1) throw refuse('ids of different types');
  if (types.includes(null)) throw refuse(`unknown id prefix of ${ids[types.indexOf(null)]}`);
}

function isTemplate(id: string, refuse: Refuse): boolean {
  if (!id.startsWith('{{')) return false;
  const inner = id.slice(2).replace(/\}\}$/, '').trim();
  if (!templates.has(inner)) throw refuse(`unknown template ${id}`);
  return true;
}

function checkReach(grant: Grant, refuse: Refuse): void {
  const { ids, type, actions } = grant;
  const first = ids[0];
  if (first === undefined) {
    if (type === null || type === '*') throw refuse('without ids, a type is needed');
    if (actions.some((action) => action === '*' || !isCollectionAction(action))) {
      throw refuse('without ids, only create and list can be granted');
    }
    if (new Set(actions.map((action) => parentAction(action) ?? action)).size < actions.length) {
      throw refuse('without ids, create and list stand once each');
    }
    if (!isTopLevel(type))
      throw refuse(`${type} is listed below its container, so ids must name one or be *`);
    return;
  }
  if (first === '*') {
    if (type === null) throw refuse('ids=* needs a type');
    return;
  }
  if (type === null) {
    if (actions.some(isCollectionAction)) throw refuse('create and list need a type');
    return;
  }
  const idType = typeOfTemplateOrId(first);
  if (idType === null) throw refuse(`unknown id prefix of ${first}`);
  if (type === '*') {
    if (!hasChildren(idType)) throw refuse(`${idType} has nothing below it, so type=* grants nothing`);
  } else if (parentType(type) !== idType) {
    throw refuse(`${type} is not found below ${idType}`);
  } else if (
    isTopLevel(type) &&
    actions.length > 0 &&
    actions.every((a) => a !== '*' && isCollectionAction(a))
  ) {
    throw refuse('create and list are not granted on one id');
  }
}

function typeOfTemplateOrId(id: string): ResourceType | null {
  if (!id.startsWith('{{')) return typeOfId(id);
  return /user/i.test(id) ? 'user' : 'account';
}

/** The ids with the caller's own put in the place of templates. */
export function resolveIds(
  ids: readonly string[],
  user: { userId: string; accountId: string | null },
): string[] {
  return ids.map((id) => {
    if (!id.startsWith('{{')) return id;
    return /user/i.test(id) ? user.userId : (user.accountId ?? '');
  });
}

import { holdsActionOrPart, isCollectionAction } from './action.js';
import type { Refuse } from './grant-fault.js';
import { reaches } from './grant-reach.js';
import {
  hasChildren,
  isResourceType,
  isTopLevel,
  parentType,
  typeOfId,
  type ResourceType,
} from './resource-type.js';

/** A grant with one of its ids, templates filled. */
interface OneGrant {
  readonly id: string | null;
  readonly type: ResourceType | '*' | null;
  readonly actions: readonly string[];
}

/** Refuses a grant that could never allow one of its actions, and says what to write instead. */
export function checkReach(grant: OneGrant, refuse: Refuse): void {
  const { id } = grant;
  if (id === null) checkCollection(grant, refuse);
  else if (id !== '*') checkId(id, grant, refuse);
  else if (grant.type === null) {
    throw refuse('wildcard_id_without_type', 'ids=* needs a type, which may be *');
  }
  if (grant.actions.length > 0 && !allowsAny(grant)) {
    throw refuse('nothing_authorized', whyNothing(grant));
  }
}

function checkCollection({ type, actions }: OneGrant, refuse: Refuse): void {
  if (type === null) throw refuse('no_id_no_type', 'without ids, a type is needed');
  if (type === '*') {
    throw refuse('wildcard_type_without_id', 'without ids, one type is needed; for all of them write ids=*');
  }
  const has = (action: string): boolean => holdsActionOrPart(actions, action);
  const isFine =
    actions.length === 0 ||
    (actions.length === 1 && (has('create') || has('list'))) ||
    (actions.length === 2 && has('create') && has('list'));
  if (!isFine) {
    throw refuse(
      'only_create_or_list',
      actions.every(isCollectionAction)
        ? 'without ids, create and list stand once each; for more write ids=*'
        : 'without ids, only create and list can be granted; for the others write ids=*',
    );
  }
}

function checkId(id: string, { type, actions }: OneGrant, refuse: Refuse): void {
  const idType = typeOfId(id);
  if (idType === null) throw refuse('id_unknown_prefix', `unknown id prefix of ${id}`);
  if (type === null) {
    if (actions.includes('create') || actions.includes('list')) {
      throw refuse('create_list_needs_type', 'create and list need a type');
    }
  } else if (type === '*') {
    if (!hasChildren(idType)) {
      throw refuse('id_has_no_child_types', `${idType} has nothing below it, so type=* grants nothing`);
    }
  } else if (parentType(type) !== idType) {
    const instead = type === idType ? '; leave the type out to mean the one itself' : '';
    throw refuse('type_not_child_of_id', `${type} is not found below ${idType}${instead}`);
  }
}

// Asks the engine itself, on a thing made to fit.
function allowsAny({ id, type, actions }: OneGrant): boolean {
  const isListed = type !== null && type !== '*' && isTopLevel(type);
  const on = { type: type ?? '', id, pin: isListed ? null : id };
  return actions.some((action) => reaches({ id, type }, on, isCollectionAction(action)));
}

function whyNothing({ id, type }: OneGrant): string {
  if (id !== null) return 'create and list are not granted on one id; for collections leave ids out';
  return type !== null && isResourceType(type) && parentType(type) !== type
    ? `${type} is listed below its container, so ids must name one or be *`
    : `${type} has no list, so ids must be *`;
}

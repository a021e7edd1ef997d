import type { Kind } from '../scope/change-row.js';
import { groupFields, type Group } from './group.entity.js';
import { findGroup, findGroups } from './group.store.js';

export const groupKind: Kind<Group> = {
  type: 'group',
  find: findGroup,
  findAll: findGroups,
  fields: groupFields,
};

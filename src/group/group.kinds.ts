import type { Kind } from '../scope/change-row.js';
import { groupFields, type Group } from './group.entity.js';
import { findGroups } from './group.store.js';

export const groupKind: Kind<Group> = {
  type: 'group',
  findAll: findGroups,
  fields: groupFields,
};

import type { Kind } from '../scope/change-row.js';
import { Alias, aliasFields } from './alias.entity.js';
import { findAliases } from './alias.store.js';
import { Target, targetFields } from './target.entity.js';
import { findTarget, findTargetRows } from './target.store.js';

/** Found by its id or by an alias. */
export const targetKind: Kind<Target> = {
  type: 'target',
  find: findTarget,
  findAll: findTargetRows, // without their lists, which are read when they are asked for
  fields: targetFields,
};

export const aliasKind: Kind<Alias> = {
  type: 'alias',
  findAll: findAliases,
  fields: aliasFields,
};

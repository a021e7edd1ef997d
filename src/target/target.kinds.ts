import type { Kind } from '../scope/change-row.js';
import { Alias, aliasFields } from './alias.entity.js';
import { findAliases } from './alias.store.js';
import { Target, targetFields } from './target.entity.js';
import { findTarget, findTargets } from './target.store.js';

/** Found by its id or by an alias. */
export const targetKind: Kind<Target> = {
  type: 'target',
  find: findTarget,
  findAll: findTargets,
  fields: targetFields,
};

export const aliasKind: Kind<Alias> = {
  type: 'alias',
  findAll: findAliases,
  fields: aliasFields,
};

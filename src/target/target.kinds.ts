import type { Kind } from '../scope/change-row.js';
import { Alias, aliasFields } from './alias.entity.js';
import { findAlias } from './alias.store.js';
import { Target, targetFields } from './target.entity.js';
import { findTarget } from './target.store.js';

/** Found by its id or by an alias. */
export const targetKind: Kind<Target> = { type: 'target', find: findTarget, fields: targetFields };

export const aliasKind: Kind<Alias> = { type: 'alias', find: findAlias, fields: aliasFields };

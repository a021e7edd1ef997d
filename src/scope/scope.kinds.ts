import type { Kind } from './change-row.js';
import { scopeFields, type Scope } from './scope.entity.js';
import { findScope, findScopes } from './scope.store.js';

export const scopeKind: Kind<Scope> = {
  type: 'scope',
  find: findScope,
  findAll: findScopes,
  fields: scopeFields,
};

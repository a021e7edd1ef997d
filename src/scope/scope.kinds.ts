import type { Kind } from './change-row.js';
import { scopeFields, type Scope } from './scope.entity.js';
import { findScopes } from './scope.store.js';

export const scopeKind: Kind<Scope> = {
  type: 'scope',
  findAll: findScopes,
  fields: scopeFields,
};

import type { Kind } from '../scope/change-row.js';
import { roleFields, type Role } from './role.entity.js';
import { findRoles } from './role.store.js';

export const roleKind: Kind<Role> = { type: 'role', findAll: findRoles, fields: roleFields };

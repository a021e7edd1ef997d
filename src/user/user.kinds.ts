import type { Kind } from '../scope/change-row.js';
import { userFields, type User } from './user.entity.js';
import { findUsers } from './user.store.js';

export const userKind: Kind<User> = { type: 'user', findAll: findUsers, fields: userFields };

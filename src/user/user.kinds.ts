import type { Kind } from '../scope/change-row.js';
import { userFields, type User } from './user.entity.js';
import { findUser, findUsers } from './user.store.js';

export const userKind: Kind<User> = { type: 'user', find: findUser, findAll: findUsers, fields: userFields };

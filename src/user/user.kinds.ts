import type { Kind } from '../scope/change-row.js';
import { userFields, type User } from './user.entity.js';
import { findUser } from './user.store.js';

export const userKind: Kind<User> = { type: 'user', find: findUser, fields: userFields };

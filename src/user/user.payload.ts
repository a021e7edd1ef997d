import { deletedType, payloadType } from '../api/payload.js';
import { User } from './user.entity.js';

export const CreateUserPayload = payloadType('createUser', 'user', () => User);
export const UpdateUserPayload = payloadType('updateUser', 'user', () => User);
export const DeleteUserPayload = deletedType('deleteUser');

import { payloadType } from '../api/payload.js';
import { User } from '../user/user.entity.js';

export const AddUserAccountsPayload = payloadType('addUserAccounts', 'user', () => User);
export const SetUserAccountsPayload = payloadType('setUserAccounts', 'user', () => User);
export const RemoveUserAccountsPayload = payloadType('removeUserAccounts', 'user', () => User);

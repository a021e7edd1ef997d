import { membersInput } from '../api/change.input.js';

export const AddUserAccountsInput = membersInput(
  'AddUserAccountsInput',
  'accountIds',
  'Accounts to add, of the scope of the user and of no other user',
);
export const SetUserAccountsInput = membersInput(
  'SetUserAccountsInput',
  'accountIds',
  'The accounts it is to have',
);
export const RemoveUserAccountsInput = membersInput(
  'RemoveUserAccountsInput',
  'accountIds',
  'Accounts to take away',
);

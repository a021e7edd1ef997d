import type { Kind } from '../scope/change-row.js';
import { Account, accountFields } from './account.entity.js';
import { findAccounts } from './account.store.js';
import { AuthMethod, authMethodFields } from './auth-method.entity.js';
import { findAuthMethods } from './auth-method.store.js';

export const authMethodKind: Kind<AuthMethod> = {
  type: 'auth-method',
  findAll: findAuthMethods,
  fields: authMethodFields,
};

export const accountKind: Kind<Account> = {
  type: 'account',
  findAll: findAccounts,
  fields: accountFields,
  pinOf: (account) => account.authMethodId,
};

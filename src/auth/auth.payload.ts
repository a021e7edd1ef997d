import { Field, ObjectType } from 'type-graphql';
import { deletedType, payloadType } from '../api/payload.js';
import { Account } from './account.entity.js';
import { AuthMethod } from './auth-method.entity.js';
import { AuthToken } from './auth-token.entity.js';
import { LoginChallenge } from './totp.payload.js';

@ObjectType({ description: 'Answer of authenticate.' })
export class AuthenticatePayload {
  @Field(() => AuthToken, {
    nullable: true,
    description: 'The token, without its secret; null with a challenge.',
  })
  authToken!: AuthToken | null;

  @Field(() => String, {
    nullable: true,
    description: 'What to send as `Authorization: Bearer …`; null with a challenge. Never readable again.',
  })
  token!: string | null;

  @Field(() => LoginChallenge, {
    nullable: true,
    description: 'Instead of a token where the account has a second factor; see continueAuthentication.',
  })
  challenge!: LoginChallenge | null;
}

@ObjectType({ description: 'Answer of issueApiToken.' })
export class IssueApiTokenPayload {
  @Field(() => AuthToken, {
    nullable: true,
    description: 'The token, without its secret; null where you may not see it.',
  })
  authToken!: AuthToken | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What to send as `Authorization: Bearer …`: `postern_at_`, ten characters, `_`, 32 characters. Never readable again; null in the answer to a repeated request.',
  })
  token!: string | null;
}

export const DeleteAuthTokenPayload = deletedType('deleteAuthToken');

export const CreateAuthMethodPayload = payloadType('createAuthMethod', 'authMethod', () => AuthMethod);
export const UpdateAuthMethodPayload = payloadType('updateAuthMethod', 'authMethod', () => AuthMethod);
export const DeleteAuthMethodPayload = deletedType('deleteAuthMethod');

export const CreateAccountPayload = payloadType('createAccount', 'account', () => Account);
export const UpdateAccountPayload = payloadType('updateAccount', 'account', () => Account);
export const DeleteAccountPayload = deletedType('deleteAccount');
export const SetAccountPasswordPayload = payloadType('setAccountPassword', 'account', () => Account);
export const ChangeAccountPasswordPayload = payloadType('changeAccountPassword', 'account', () => Account);

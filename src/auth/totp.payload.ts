import { Field, ID, ObjectType } from 'type-graphql';
import { payloadType } from '../api/payload.js';
import { DateTime } from '../api/scalars.js';
import { Account } from './account.entity.js';
import { AuthToken } from './auth-token.entity.js';
import type { Challenge } from './continue-authentication.js';

@ObjectType({ description: 'A login whose password was right, and that waits for a code.' })
export class LoginChallenge implements Challenge {
  @Field(() => ID, { description: 'What to give to continueAuthentication. Never readable again.' })
  id!: string;

  @Field(() => DateTime, { description: 'When it ends. It ends earlier with the fifth wrong code.' })
  expiresAt!: string;
}

@ObjectType({ description: 'Answer of continueAuthentication.' })
export class ContinueAuthenticationPayload {
  @Field(() => AuthToken, { nullable: true, description: 'The token, without its secret.' })
  authToken!: AuthToken | null;

  @Field(() => String, {
    nullable: true,
    description: 'What to send as `Authorization: Bearer …`. Never readable again.',
  })
  token!: string | null;
}

@ObjectType()
abstract class OfAccount {
  @Field(() => Account, { nullable: true, description: 'As it is now, as far as you may see it.' })
  account!: Account | null;
}

@ObjectType({ description: 'Answer of enrollTotp.' })
export class EnrollTotpPayload extends OfAccount {
  @Field(() => String, {
    nullable: true,
    description: 'The secret in base32, to type in. Never readable again.',
  })
  secret!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same as an otpauth address, for a QR code. Never readable again.',
  })
  uri!: string | null;
}

@ObjectType()
abstract class WithRecoveryCodes extends OfAccount {
  @Field(() => [String], {
    description: 'Ten codes for when the phone is gone, each good once. Never readable again.',
  })
  recoveryCodes!: readonly string[];
}

@ObjectType({ description: 'Answer of confirmTotp.' })
export class ConfirmTotpPayload extends WithRecoveryCodes {}

@ObjectType({ description: 'Answer of renewRecoveryCodes.' })
export class RenewRecoveryCodesPayload extends WithRecoveryCodes {}

export const RemoveTotpPayload = payloadType('removeTotp', 'account', () => Account);

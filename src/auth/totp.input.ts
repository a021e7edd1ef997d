import { Field, ID, InputType } from 'type-graphql';
import type { ContinueAuthenticationInput } from './continue-authentication.js';
import type { EnrollTotpInput, RemoveTotpInput, TotpCodeInput } from './change-totp.js';

const code = 'Six digits of an authenticator, or a recovery code. Each is good once.';

@InputType('ContinueAuthenticationInput', { description: 'A code for a login that waits for one.' })
export class ContinueAuthenticationInputType implements ContinueAuthenticationInput {
  @Field(() => ID, { description: 'The challenge that the login was answered with.' })
  challengeId!: string;

  @Field(() => String, { description: code })
  code!: string;
}

@InputType()
abstract class OfAccount {
  @Field(() => ID, { description: 'Identifier of the account.' })
  accountId!: string;
}

@InputType('EnrollTotpInput', { description: 'Begins a second factor of an account.' })
export class EnrollTotpInputType extends OfAccount implements EnrollTotpInput {
  @Field(() => String, { description: 'The password it has.' })
  currentPassword!: string;
}

@InputType('ConfirmTotpInput', { description: 'Puts a second factor in force.' })
export class ConfirmTotpInputType extends OfAccount implements TotpCodeInput {
  @Field(() => String, { description: 'Six digits of the authenticator that has the new secret.' })
  code!: string;
}

@InputType('RenewRecoveryCodesInput', { description: 'Makes other recovery codes.' })
export class RenewRecoveryCodesInputType extends OfAccount implements TotpCodeInput {
  @Field(() => String, { description: code })
  code!: string;
}

@InputType('RemoveTotpInput', { description: 'Removes a second factor.' })
export class RemoveTotpInputType extends OfAccount implements RemoveTotpInput {
  @Field(() => String, {
    nullable: true,
    description: `${code} Not asked of who may set the password of the account.`,
  })
  code?: string | null;
}

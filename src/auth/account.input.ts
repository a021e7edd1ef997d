import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { CreateInput, deleteInput, UpdateInput } from '../api/change.input.js';
import { PageArgs } from '../api/page.js';
import { ResourceFilterInput, ResourceOrderInput } from '../scope/resource.input.js';
import type {
  CreateAccountInput as NewAccount,
  UpdateAccountInput as AccountPatch,
} from './change-account.js';
import type {
  ChangeAccountPasswordInput as PasswordChange,
  SetAccountPasswordInput as PasswordSetting,
} from './change-password.js';
import type { AccountFilter, AccountListing } from './list-accounts.js';

@InputType('AccountFilter', { description: 'Narrows a list of accounts. Fields are joined by AND.' })
export class AccountFilterInput extends ResourceFilterInput implements AccountFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these login names as they are, at most 50.' })
  loginNameIn?: string[] | null;
}

@ArgsType()
export class AccountListArgs extends PageArgs implements AccountListing {
  @Field(() => ID, { description: 'Auth method to list.' })
  authMethodId!: string;

  @Field(() => AccountFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: AccountFilterInput | null;

  @Field(() => ResourceOrderInput, { nullable: true, description: 'Order, oldest first by default.' })
  orderBy?: ResourceOrderInput | null;
}

@InputType('CreateAccountInput', { description: 'Makes an account in an auth method.' })
export class CreateAccountInput extends CreateInput implements NewAccount {
  @Field(() => ID, { description: 'Auth method it is to belong to.' })
  authMethodId!: string;

  @Field(() => String, { description: 'a to z, digits, dot and dash; as long as the auth method asks for.' })
  loginName!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'As long as the auth method asks for; without one nobody signs in with it. No part of what tells repeated requests apart.',
  })
  password?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is kept out; it is not when left out.' })
  isDisabled?: boolean | null;
}

@InputType('UpdateAccountInput', { description: 'Changes an account.' })
export class UpdateAccountInput extends UpdateInput implements AccountPatch {
  @Field(() => String, {
    nullable: true,
    description: 'a to z, digits, dot and dash; as long as the auth method asks for now.',
  })
  loginName?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True keeps it out: its tokens go and the sessions made with them end at once. False or null lets it in again.',
  })
  isDisabled?: boolean | null;
}

export const DeleteAccountInput = deleteInput('DeleteAccountInput', 'an account with its tokens');

/** An account as it was read. */
@InputType()
abstract class AccountAt {
  @Field(() => ID, { description: 'Identifier of the account.' })
  id!: string;

  @Field(() => Int, {
    description: 'Version that was read. Fails with VERSION_CONFLICT when it is another by now.',
  })
  expectedVersion!: number;
}

@InputType('SetAccountPasswordInput', { description: 'Gives an account a password, or takes it away.' })
export class SetAccountPasswordInput extends AccountAt implements PasswordSetting {
  @Field(() => String, {
    nullable: true,
    description: 'As long as the auth method asks for now; null takes it away. Must be given.',
  })
  password?: string | null;
}

@InputType('ChangeAccountPasswordInput', { description: 'Chooses another password for an account.' })
export class ChangeAccountPasswordInput extends AccountAt implements PasswordChange {
  @Field(() => String, { description: 'The one it has.' })
  currentPassword!: string;

  @Field(() => String, { description: 'Another one, as long as the auth method asks for now.' })
  newPassword!: string;
}

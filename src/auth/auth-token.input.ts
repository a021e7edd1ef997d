import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { CreateInput } from '../api/change.input.js';
import { OrderDirectionEnum, type OrderDirection } from '../api/order-direction.js';
import { DateTime } from '../api/scalars.js';
import { ScopeListArgs } from '../scope/scope.input.js';
import type { IssueApiTokenInput as NewApiToken } from './issue-api-token.js';
import type { AuthTokenFilter, AuthTokenListing, AuthTokenOrder } from './list-auth-tokens.js';

const OrderFieldEnum = { CREATED_AT: 'CREATED_AT', EXPIRES_AT: 'EXPIRES_AT' } as const;

registerEnumType(OrderFieldEnum, {
  name: 'AuthTokenOrderField',
  description: 'Fields that tokens can be sorted by.',
  valuesConfig: {
    CREATED_AT: { description: 'Time of the login.' },
    EXPIRES_AT: { description: 'When it ends, however busy it is.' },
  },
});

@InputType('AuthTokenFilter', { description: 'Narrows a list of tokens.' })
export class AuthTokenFilterInput implements AuthTokenFilter {
  @Field(() => [ID], { nullable: true, description: 'Of any of these users, at most 50.' })
  userIdIn?: string[] | null;
}

@InputType('AuthTokenOrder', { description: 'Order of a list of tokens. The identifier breaks ties.' })
export class AuthTokenOrderInput implements AuthTokenOrder {
  @Field(() => OrderFieldEnum, { defaultValue: 'CREATED_AT', description: 'Field to sort by.' })
  field!: AuthTokenOrder['field'];

  @Field(() => OrderDirectionEnum, { defaultValue: 'DESC', description: 'Direction.' })
  direction!: OrderDirection;
}

@ArgsType()
export class AuthTokenListArgs extends ScopeListArgs implements AuthTokenListing {
  @Field(() => AuthTokenFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: AuthTokenFilterInput | null;

  @Field(() => AuthTokenOrderInput, { nullable: true, description: 'Order, latest login first by default.' })
  orderBy?: AuthTokenOrderInput | null;
}

@InputType('IssueApiTokenInput', { description: 'Issues a token for a service user.' })
export class IssueApiTokenInput extends CreateInput implements NewApiToken {
  @Field(() => ID, { description: 'Service user as which its holder acts.' })
  userId!: string;

  @Field(() => String, {
    description:
      'What it is for: 1 to 128 printable characters. Several may have one name, while one takes over.',
  })
  override name!: string;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When it ends: a minute to 366 days from now; 90 days from now when neither this nor lifetimeSeconds is given.',
  })
  expiresAt?: string | null;

  @Field(() => Int, { nullable: true, description: 'The same in seconds from now, 60 to 31622400.' })
  lifetimeSeconds?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it reads, lists and watches alone, whatever the user may; it does not when left out.',
  })
  isReadOnly?: boolean | null;
}

@InputType('DeleteAuthTokenInput', { description: 'Signs a token out.' })
export class DeleteAuthTokenInput {
  @Field(() => ID, {
    description: 'Identifier: what stands in front of its secret, `at_` and ten characters.',
  })
  id!: string;
}

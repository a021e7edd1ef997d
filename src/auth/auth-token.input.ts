import { ArgsType, Field, ID, InputType, registerEnumType } from 'type-graphql';
import { OrderDirectionEnum, type OrderDirection } from '../api/order-direction.js';
import { ScopeListArgs } from '../scope/scope.input.js';
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

@InputType('DeleteAuthTokenInput', { description: 'Signs a token out.' })
export class DeleteAuthTokenInput {
  @Field(() => ID, {
    description: 'Identifier: what stands in front of its secret, `at_` and ten characters.',
  })
  id!: string;
}

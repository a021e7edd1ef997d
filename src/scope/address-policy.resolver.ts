import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import { payloadType } from '../api/payload.js';
import type { Request } from '../api/request.js';
import type { AddressPolicy } from './address-policy.rules.js';
import { Scope } from './scope.entity.js';
import { setScopeAddressPolicy, type SetAddressPolicyInput } from './set-address-policy.js';

const entries =
  'Ranges like 10.0.0.0/8, addresses, host names, `*.example.com` for every name below one, `*` for every name';

@ObjectType('AddressPolicy', {
  description:
    'Bounds of the addresses of targets and hosts in all projects below a scope. What a name resolves to is held against the ranges too.',
})
class AddressPolicyType implements AddressPolicy {
  @Field(() => [String], {
    nullable: true,
    description: `${entries}. When there are any, everything else is refused.`,
  })
  allow!: readonly string[];

  @Field(() => [String], { nullable: true, description: `${entries}. Refused, also where it is allowed.` })
  deny!: readonly string[];
}

@InputType('SetScopeAddressPolicyInput', {
  description: 'Bounds the addresses of targets and hosts in all projects below a scope.',
})
class SetScopeAddressPolicyInput implements SetAddressPolicyInput {
  @Field(() => ID, { description: 'Scope: global or an org.' })
  id!: string;

  @Field(() => Int, {
    description: 'Version that was read. Fails with VERSION_CONFLICT when it is another by now.',
  })
  expectedVersion!: number;

  @Field(() => [String], {
    nullable: true,
    description: `${entries}; at most 200. When there are any, everything else is refused. Null clears it, left out it stays.`,
  })
  allow?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: `${entries}; at most 200. Refused, also where it is allowed. Null clears it, left out it stays.`,
  })
  deny?: string[] | null;
}

const SetScopeAddressPolicyPayload = payloadType('setScopeAddressPolicy', 'scope', () => Scope);

@Resolver(() => Scope)
export class AddressPolicyResolver {
  @FieldResolver(() => AddressPolicyType, {
    nullable: true,
    description:
      'What bounds the addresses of targets and hosts below it; null when nothing does, or it is hidden.',
  })
  addressPolicy(@Root() { addressAllow, addressDeny }: Scope): AddressPolicy | null {
    if (addressAllow === null && addressDeny === null) return null;
    return { allow: addressAllow ?? [], deny: addressDeny ?? [] };
  }

  @Mutation(() => SetScopeAddressPolicyPayload, {
    description:
      'Bound the addresses of targets and hosts below global or an org. What is there stays, but no session goes to an address that is refused.',
  })
  async setScopeAddressPolicy(
    @Ctx() request: Request,
    @Arg('input', () => SetScopeAddressPolicyInput, { description: 'Input.' })
    asked: SetScopeAddressPolicyInput,
  ): Promise<{ scope: Scope | null }> {
    const scope = await request.write('setScopeAddressPolicy', (ctx) => setScopeAddressPolicy(ctx, asked));
    return { scope };
  }
}

import { ArgsType, Field, ID, Int } from 'type-graphql';
import { ActionEnum } from '../api/action-enum.js';
import type { AskedThing } from './require-explain.js';

/** What is asked about. */
@ArgsType()
export class ThingArgs implements AskedThing {
  @Field(() => ActionEnum, { description: 'Action asked about.' })
  action!: string;

  @Field(() => ID, { nullable: true, description: 'Resource asked about, or an alias of a target.' })
  resourceId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Instead of a resource, the collection of this type, as grants name it: `host-set`.',
  })
  type?: string | null;

  @Field(() => ID, { nullable: true, description: 'Scope of the collection.' })
  scopeId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Container of the collection, for types that lie in one: the host catalog of hosts.',
  })
  containerId?: string | null;
}

@ArgsType()
export class ExplainAccessArgs extends ThingArgs {
  @Field(() => ID, { description: 'User asked about; `u_anon` for who has not signed in.' })
  userId!: string;
}

@ArgsType()
export class WhoCanArgs extends ThingArgs {
  @Field(() => Int, { defaultValue: 100, description: 'How many users are named at most, 1 to 500.' })
  most!: number;
}

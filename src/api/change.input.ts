import { Field, ID, InputType, Int, type ClassType } from 'type-graphql';
import type { Repeatable } from '../core/made-before.js';

/** What every input that makes a resource has. */
@InputType()
export abstract class CreateInput implements Repeatable {
  @Field(() => String, {
    nullable: true,
    description:
      'UUID of this request. Sent again within 24 hours with the same input, it makes nothing new and answers with what was made.',
  })
  idempotencyKey?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 128 printable characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Free text, at most 1024 characters.' })
  description?: string | null;
}

/** What every input that changes a resource has: what is left out stays, null clears. */
@InputType()
export abstract class UpdateInput {
  @Field(() => ID, { description: 'Identifier.' })
  id!: string;

  @Field(() => Int, {
    description: 'Version that was read. Fails with VERSION_CONFLICT when it is another by now.',
  })
  expectedVersion!: number;

  @Field(() => String, {
    nullable: true,
    description: '1 to 128 printable characters; null clears it, left out it stays.',
  })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Free text, at most 1024 characters; null clears it, left out it stays.',
  })
  description?: string | null;
}

export interface Deletion {
  readonly id: string;
  readonly expectedVersion?: number | null;
}

/** The input type of a mutation that deletes, `DeleteHostInput`. */
export function deleteInput(name: string, what: string): ClassType<Deletion> {
  @InputType(name, { description: `Deletes ${what}.` })
  class Input implements Deletion {
    @Field(() => ID, { description: 'Identifier.' })
    id!: string;

    @Field(() => Int, {
      nullable: true,
      description: 'Version that was read; deleted whatever its version when left out.',
    })
    expectedVersion?: number | null;
  }
  return Input;
}

/** A change of the members of a resource: which, since which version, and the members under their own name. */
export interface MembersChange {
  readonly id: string;
  readonly expectedVersion: number;
}

/** The input type of a mutation that adds, sets or removes members, `AddHostSetHostsInput { hostIds }`. */
export function membersInput<Name extends string>(
  type: string,
  name: Name,
  what: string,
  of: typeof ID | typeof String = ID,
): ClassType<MembersChange & Record<Name, string[]>> {
  @InputType(type, { description: `${what}.` })
  class Input implements MembersChange {
    @Field(() => ID, { description: 'Identifier of what has them.' })
    id!: string;

    @Field(() => Int, {
      description: 'Version that was read. Fails with VERSION_CONFLICT when it is another by now.',
    })
    expectedVersion!: number;
  }
  Field(() => [of], { description: `${what}; at most 1000.` })(Input.prototype, name);
  return Input as unknown as ClassType<MembersChange & Record<Name, string[]>>;
}

import { Field, ID, ObjectType, type ClassType } from 'type-graphql';

function payloadName(mutation: string): string {
  return `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Payload`;
}

/**
 * The type of a mutation's answer that holds the resource after it, under that name: `CreateHostPayload { host }`.
 * Null in it where the caller may do the thing and not see it.
 */
export function payloadType<Name extends string, T extends object>(
  mutation: string,
  name: Name,
  type: () => ClassType<T>,
): ClassType<Record<Name, T | null>> {
  @ObjectType(payloadName(mutation), { description: `Answer of ${mutation}.` })
  class Payload {}
  const description = 'As it is now, as far as you may see it.';
  Field(type, { nullable: true, description })(Payload.prototype, name);
  return Payload as ClassType<Record<Name, T | null>>;
}

export interface Deleted {
  readonly deletedId: string;
}

/** The type of the answer of a mutation that deletes. */
export function deletedType(mutation: string): ClassType<Deleted> {
  @ObjectType(payloadName(mutation), { description: `Answer of ${mutation}.` })
  class Payload implements Deleted {
    @Field(() => ID, { nullable: true, description: 'Identifier of what is gone.' })
    deletedId!: string;
  }
  return Payload;
}

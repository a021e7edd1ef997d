import { Field, ObjectType } from 'type-graphql';
import { isFailure } from '../core/failure.js';
import { parseStoredGrant } from '../grant/grant.js';

@ObjectType('ParsedGrant', { description: 'What a grant string says.' })
export class ParsedGrant {
  @Field(() => [String], {
    description: 'Identifiers it is about, templates among them; `*` for all; empty for collections alone.',
  })
  ids!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Type it is about; `*` for all; null where ids tell.' })
  type!: string | null;

  @Field(() => [String], { description: 'Actions it gives, as grants write them; `*` for all.' })
  actions!: readonly string[];

  @Field(() => [String], {
    nullable: true,
    description: 'Fields it shows, as grants write them; null where it says nothing of fields.',
  })
  outputFields!: readonly string[] | null;
}

/** A grant of a role, as it is stored. */
@ObjectType('RoleGrant', { description: 'A grant of a role.' })
export class StoredGrant {
  @Field(() => String, { description: 'As it was written.' })
  raw!: string;

  @Field(() => String, { description: 'The one text of it: two grants that mean the same have the same.' })
  canonical!: string;
}

/** What a stored grant says; null for one that this build cannot read, which gives nothing. */
export function parsedGrant(canonical: string): ParsedGrant | null {
  try {
    const { ids, type, actions, outputFields } = parseStoredGrant(canonical);
    return { ids, type, actions, outputFields };
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

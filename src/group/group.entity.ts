import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

/**
 * Users that hold roles together. Lives in any scope and belongs to it; its members may live in others. Whoever is
 * in it has its roles from the next request on, and no longer than that. Deleting it takes it from its roles.
 */
@ObjectType({
  implements: [Node, Versioned, Authorizable],
  description: 'Users that hold roles together.',
})
@Entity('iam_group')
export class Group extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Scope it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => String, { nullable: true, description: 'Unique in its scope.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => [ID], { nullable: true, description: 'Users in it, of whatever scope.' })
  memberIds!: string[] | null;
}

export const GroupPage = pageTypes('Group', 'groups', () => Group);

/** What output fields may hide, by the names grants use. */
export const groupFields: Hideable = {
  scopeId: 'scope_id',
  name: 'name',
  description: 'description',
  memberIds: 'member_ids',
};

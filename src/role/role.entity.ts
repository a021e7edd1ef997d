import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import { StoredGrant } from './role-grant.js';
import { RolePrincipal } from './role-principal.js';

/**
 * A set of grants for a set of principals. Lives in any scope and belongs to it; its grant scopes say which
 * scopes its grants speak for (`this` when nothing is said). Deleting it takes the permissions with it.
 */
@ObjectType({
  implements: [Node, Versioned, Authorizable],
  description: 'A set of grants for a set of principals.',
})
@Entity('role')
export class Role extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Scope it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => String, { nullable: true, description: 'Unique in its scope.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Scopes its grants speak for: `this` for its own, `children`, `descendants`, or identifiers. Without any it grants nothing.',
  })
  grantScopeIds!: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Users and groups that hold it.' })
  principalIds!: string[] | null;

  @Field(() => [RolePrincipal], { nullable: true, description: 'Users and groups that hold it.' })
  principals!: RolePrincipal[] | null;

  @Field(() => [String], { nullable: true, description: 'Its grants, each as its one text.' })
  grantStrings!: string[] | null;

  @Field(() => [StoredGrant], {
    nullable: true,
    description: 'Its grants, as they were written and as they are read.',
  })
  grants!: StoredGrant[] | null;
}

export const RolePage = pageTypes('Role', 'roles', () => Role);

/** What output fields may hide, by the names grants use. */
export const roleFields: Hideable = {
  scopeId: 'scope_id',
  name: 'name',
  description: 'description',
  grantScopeIds: 'grant_scope_ids',
  principalIds: 'principal_ids',
  principals: 'principals',
  grantStrings: 'grant_strings',
  grants: 'grants',
};

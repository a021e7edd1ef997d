import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import type { ScopeType } from './scope.rules.js';

export const ScopeTypeEnum = { GLOBAL: 'global', ORG: 'org', PROJECT: 'project' } as const;

registerEnumType(ScopeTypeEnum, {
  name: 'ScopeType',
  description: 'Where a scope sits in the tree.',
  valuesConfig: {
    GLOBAL: { description: 'The single root.' },
    ORG: { description: 'An org below the root: users, auth methods and projects live here.' },
    PROJECT: { description: 'A project below an org: targets, hosts and sessions live here.' },
  },
});

/**
 * A permission boundary. `global` is made by the schema and cannot be deleted; orgs lie below it, projects
 * below orgs. Type and parent never change. Deleting a scope deletes all that lives in it, but for sessions,
 * which end and stay as history.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description: 'A permission boundary: global, an org or a project.',
})
@Entity('scope')
export class Scope extends ResourceRow {
  @Field(() => String, { nullable: true, description: 'Unique among its siblings.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => ScopeTypeEnum, { description: 'Level of the scope.' })
  @Column('text')
  type!: ScopeType;

  @Field(() => ID, {
    nullable: true,
    description: 'Identifier of the scope above; null for the global scope.',
  })
  @Column('text', { nullable: true })
  parentId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The auth method that signs people in here unless they name another, and that makes users at first login.',
  })
  @Column('text', { nullable: true })
  primaryAuthMethodId!: string | null;

  /** What bounds the addresses of targets and hosts below it; null when nothing is named. */
  @Column('text', { array: true, nullable: true })
  addressAllow!: string[] | null;

  @Column('text', { array: true, nullable: true })
  addressDeny!: string[] | null;

  /** For the permission engine a scope stands in its parent; `global` stands in itself. */
  scopeId!: string;
}

export const ScopePage = pageTypes('Scope', 'scopes', () => Scope);

/** What output fields may hide, by the names grants use. */
export const scopeFields: Hideable = {
  name: 'name',
  description: 'description',
  parentId: 'scope_id',
  primaryAuthMethodId: 'primary_auth_method_id',
  addressAllow: 'address_policy',
  addressDeny: 'address_policy',
};

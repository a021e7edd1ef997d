import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

export const HostSetTypeEnum = { STATIC: 'static' } as const;

registerEnumType(HostSetTypeEnum, {
  name: 'HostSetType',
  description: 'Where the hosts of a set come from.',
  valuesConfig: { STATIC: { description: 'Somebody wrote them down.' } },
});

/**
 * Hosts of one catalog that are as good as each other: a session on a target goes to any one of them.
 * Belongs to its catalog; deleting it takes it from the targets that name it.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description: 'Hosts of one catalog that are as good as each other.',
})
@Entity('host_set')
export class HostSet extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Catalog that owns it.' })
  @Column('text')
  hostCatalogId!: string;

  @Field(() => ID, { nullable: true, description: 'Project it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => HostSetTypeEnum, { description: 'Where its hosts come from.' })
  @Column('text')
  type!: 'static';

  @Field(() => String, { nullable: true, description: 'Unique in its catalog.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => [ID], { nullable: true, description: 'Its hosts.' })
  hostIds!: string[] | null;
}

export const HostSetPage = pageTypes('HostSet', 'host sets', () => HostSet);

/** What output fields may hide, by the names grants use. */
export const hostSetFields: Hideable = {
  hostCatalogId: 'host_catalog_id',
  scopeId: 'scope',
  name: 'name',
  description: 'description',
  hostIds: 'host_ids',
};

import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

export const HostCatalogTypeEnum = { STATIC: 'static' } as const;

registerEnumType(HostCatalogTypeEnum, {
  name: 'HostCatalogType',
  description: 'Where the hosts of a catalog come from.',
  valuesConfig: { STATIC: { description: 'Somebody wrote them down.' } },
});

/**
 * A container of hosts and host sets in a project. Owns them: they go with it. Static: its hosts are what
 * somebody wrote down.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description: 'A container of hosts and host sets in a project.',
})
@Entity('host_catalog')
export class HostCatalog extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Project it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => HostCatalogTypeEnum, { description: 'Where its hosts come from.' })
  @Column('text')
  type!: 'static';

  @Field(() => String, { nullable: true, description: 'Unique in its project.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;
}

export const HostCatalogPage = pageTypes('HostCatalog', 'host catalogs', () => HostCatalog);

/** What output fields may hide, by the names grants use. */
export const hostCatalogFields: Hideable = { scopeId: 'scope_id', name: 'name', description: 'description' };

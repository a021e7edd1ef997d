import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

export const HostTypeEnum = { STATIC: 'static' } as const;

registerEnumType(HostTypeEnum, {
  name: 'HostType',
  description: 'Where a host comes from.',
  valuesConfig: { STATIC: { description: 'Somebody wrote it down.' } },
});

/**
 * A machine that sessions may go to: a name or an IP, without a port (the target gives that). Belongs to
 * its catalog; may be in any number of that catalog's sets. Cannot be deleted under a live session.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description: 'A machine that sessions may go to.',
})
@Entity('host')
export class Host extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Catalog that owns it.' })
  @Column('text')
  hostCatalogId!: string;

  @Field(() => ID, { nullable: true, description: 'Project it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => HostTypeEnum, { description: 'Where it comes from.' })
  @Column('text')
  type!: 'static';

  @Field(() => String, { nullable: true, description: 'Unique in its catalog.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => String, { nullable: true, description: 'Host name or IP, without a port.' })
  @Column('text')
  address!: string;

  @Field(() => [ID], { nullable: true, description: 'Sets of its catalog that it is in.' })
  hostSetIds!: string[] | null;
}

export const HostPage = pageTypes('Host', 'hosts', () => Host);

/** What output fields may hide, by the names grants use. */
export const hostFields: Hideable = {
  hostCatalogId: 'host_catalog_id',
  scopeId: 'scope',
  name: 'name',
  description: 'description',
  address: 'attributes',
  hostSetIds: 'host_set_ids',
};

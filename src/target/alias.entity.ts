import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

export const AliasTypeEnum = { TARGET: 'target' } as const;

registerEnumType(AliasTypeEnum, {
  name: 'AliasType',
  description: 'What an alias stands for.',
  valuesConfig: { TARGET: { description: 'A target, and perhaps one of its hosts.' } },
});

/**
 * A name of its own for a target, and perhaps for one of its hosts, that may be written wherever the target's id
 * may. Lives in global, where its value is the only one of its kind. Outlives its target, leading nowhere then.
 */
@ObjectType({
  implements: [Node, Versioned, Authorizable],
  description: 'A name that may be written wherever the id of its target may.',
})
@Entity('alias')
export class Alias extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Scope it lives in: always global.' })
  @Column('text')
  scopeId!: string;

  @Field(() => AliasTypeEnum, { description: 'What it stands for.' })
  @Column('text')
  type!: 'target';

  @Field(() => String, { nullable: true, description: 'Unique among aliases.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What is written, such as db.corp; unique in any case.',
  })
  @Column('text')
  value!: string;

  @Field(() => ID, { nullable: true, description: 'Target it stands for; null when it leads nowhere.' })
  @Column('text', { nullable: true })
  destinationId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Host that sessions by it go to; null for any host of the target.',
  })
  @Column('text', { nullable: true })
  hostId!: string | null;
}

export const AliasPage = pageTypes('Alias', 'aliases', () => Alias);

/** What output fields may hide, by the names grants use. */
export const aliasFields: Hideable = {
  scopeId: 'scope_id',
  name: 'name',
  description: 'description',
  value: 'value',
  destinationId: 'destination_id',
  hostId: 'attributes',
};

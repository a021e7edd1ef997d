import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import { DateTime } from '../api/scalars.js';
import type { TagValues } from './worker-tag.rules.js';

export const WorkerTypeEnum = { BUILT_IN: 'built-in' } as const;

registerEnumType(WorkerTypeEnum, {
  name: 'WorkerType',
  description: 'How a worker is run.',
  valuesConfig: { BUILT_IN: { description: 'By a server, in its own process.' } },
});

@ObjectType({ description: 'What a worker is told apart by in filters.' })
export class WorkerTag implements TagValues {
  @Field(() => String, { description: 'Key.' })
  key!: string;

  @Field(() => [String], { description: 'Its values.' })
  values!: string[];
}

/**
 * A proxy node, one row per name, whatever process plays it. Lives in global. Each start of that process is a boot
 * with an id of its own; a second live boot of one name is refused. Its connections keep their rows when it is
 * deleted. What it reports of itself is no change of it: the version stays.
 */
@ObjectType({
  implements: [Node, Versioned, Authorizable],
  description: 'A proxy that takes the connections of clients and passes them on to hosts.',
})
@Entity('worker')
export class Worker extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Scope it lives in: always global.' })
  @Column('text')
  scopeId!: string;

  @Field(() => String, { nullable: true, description: 'Unique among workers.' })
  @Column('text')
  name!: string;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => WorkerTypeEnum, { description: 'How it is run.' })
  @Column('text')
  type!: 'built-in';

  @Field(() => String, { nullable: true, description: 'Where clients dial it, `host:port`.' })
  @Column('text')
  address!: string;

  /** SHA-256 of the public key it shows, which clients compare. */
  @Column('text')
  thumbprint!: string;

  /** The private key of a built-in worker, sealed: a restart must show the same key to running clients. */
  @Column('text', { nullable: true })
  sealedPrivateKey!: string | null;

  @Column('text')
  bootId!: string;

  @Field(() => String, { nullable: true, description: 'Release of Postern that it runs.' })
  @Column('text', { nullable: true })
  releaseVersion!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was last heard of.' })
  @Column('timestamptz')
  lastSeenAt!: string;

  /** For how long it has not been heard of, by the database's clock. */
  unseenMs!: number;

  @Field(() => [WorkerTag], { nullable: true, description: 'Tags that its own settings give it.' })
  configTags!: WorkerTag[] | null;

  @Field(() => [WorkerTag], { nullable: true, description: 'Tags that it was given here.' })
  apiTags!: WorkerTag[] | null;

  @Field(() => [WorkerTag], { nullable: true, description: 'All its tags: what filters look at.' })
  canonicalTags!: WorkerTag[] | null;

  @Field(() => Int, { nullable: true, description: 'Connections that are open through it now.' })
  activeConnectionCount!: number;
}

export const WorkerPage = pageTypes('Worker', 'workers', () => Worker);

/** What output fields may hide, by the names grants use. */
export const workerFields: Hideable = {
  scopeId: 'scope_id',
  name: 'name',
  description: 'description',
  address: 'address',
  releaseVersion: 'release_version',
  lastSeenAt: 'last_status_time',
  configTags: 'config_tags',
  apiTags: 'api_tags',
  canonicalTags: 'canonical_tags',
  activeConnectionCount: 'active_connection_count',
};

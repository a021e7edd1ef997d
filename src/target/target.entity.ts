import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import { permissionLossChoices, type OnPermissionLoss } from './target.rules.js';

export const TargetTypeEnum = { TCP: 'tcp' } as const;

registerEnumType(TargetTypeEnum, {
  name: 'TargetType',
  description: 'What a worker does with the bytes.',
  valuesConfig: { TCP: { description: 'Passes them on as they are.' } },
});

export const OnPermissionLossEnum = Object.fromEntries(
  permissionLossChoices.map((choice) => [choice.toUpperCase(), choice]),
);

registerEnumType(OnPermissionLossEnum, {
  name: 'OnPermissionLoss',
  description: 'What becomes of sessions that their user could not ask for any more.',
  valuesConfig: {
    CANCEL: { description: 'They are canceled within a second, with the reason PERMISSION_REVOKED.' },
    KEEP: { description: 'They go on until they expire, unless something they hang on is deleted.' },
  },
});

@ObjectType({ description: 'A name by which a target may be asked for.' })
export class TargetAlias {
  @Field(() => ID, { description: 'Identifier of the alias.' })
  id!: string;

  @Field(() => String, { description: 'What is written, such as db.corp.' })
  value!: string;
}

/**
 * A service that users may ask a session for: a port, and either an address or host sets of the same
 * project, never both. Belongs to its project. Deleting it ends its sessions, which stay as history.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description: 'A network service that users may ask a session for.',
})
@Entity('target')
export class Target extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Project it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => TargetTypeEnum, { description: 'Protocol the worker proxies.' })
  @Column('text')
  type!: 'tcp';

  @Field(() => String, { nullable: true, description: 'Unique in its project.' })
  @Column('text')
  name!: string;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => String, { nullable: true, description: 'Host name or IP; null when it goes by host sets.' })
  @Column('text', { nullable: true })
  address!: string | null;

  @Field(() => Int, { nullable: true, description: 'Port the worker dials.' })
  @Column('integer')
  defaultPort!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Local port that `postern connect` listens on unless told another.',
  })
  @Column('integer', { nullable: true })
  defaultClientPort!: number | null;

  @Field(() => Int, { nullable: true, description: 'Longest life of a session, in seconds.' })
  @Column('integer')
  sessionMaxSeconds!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'How many connections one session may open in its life; -1 for any number.',
  })
  @Column('integer')
  sessionConnectionLimit!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Filter that a worker must match to serve its sessions; null for any worker.',
  })
  @Column('text', { nullable: true })
  egressWorkerFilter!: string | null;

  @Field(() => OnPermissionLossEnum, {
    nullable: true,
    description:
      'What becomes of its sessions when their user may not ask for them any more, or would not get to the same place.',
  })
  @Column('text')
  onPermissionLoss!: OnPermissionLoss;

  /** Fields of the resolver, which reads them where the row comes without; null where they are hidden. */
  hostSourceIds?: string[] | null;
  brokeredCredentialSourceIds?: string[] | null;
  aliases?: TargetAlias[] | null;

  /** Of a target that was asked for by an alias: the host that the alias demands. */
  aliasHostId?: string | null;
}

export const TargetPage = pageTypes('Target', 'targets', () => Target);

/** What output fields may hide, by the names grants use. */
export const targetFields: Hideable = {
  scopeId: 'scope_id',
  name: 'name',
  description: 'description',
  address: 'address',
  defaultPort: 'attributes',
  defaultClientPort: 'attributes',
  sessionMaxSeconds: 'session_max_seconds',
  sessionConnectionLimit: 'session_connection_limit',
  egressWorkerFilter: 'egress_worker_filter',
  onPermissionLoss: 'on_permission_loss',
  hostSourceIds: 'host_source_ids',
  brokeredCredentialSourceIds: 'brokered_credential_source_ids',
  aliases: 'aliases',
};

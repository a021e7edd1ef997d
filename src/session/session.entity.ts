import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import type { Hideable } from '../api/redact.js';
import { DateTime, UInt64 } from '../api/scalars.js';
import { enumOf, valuesOf } from './session-enum.js';
import {
  sessionStatuses,
  terminationReasons,
  type SessionStatus,
  type TerminationReason,
} from './session.rules.js';

export const SessionStatusEnum = enumOf(sessionStatuses);
registerEnumType(SessionStatusEnum, {
  name: 'SessionStatus',
  description: 'Life of a session.',
  valuesConfig: {
    PENDING: { description: 'Authorized, no connection yet.' },
    ACTIVE: {
      description: 'A connection was asked for. Whether one reached the host, its connections tell.',
    },
    CANCELING: { description: 'Its end is decided, connections are being closed.' },
    TERMINATED: { description: 'Over, for good.' },
  },
});

export const TerminationReasonEnum = enumOf(Object.keys(terminationReasons));
registerEnumType(TerminationReasonEnum, {
  name: 'SessionTerminationReason',
  description: 'Why a session ended.',
  valuesConfig: valuesOf(terminationReasons),
});

@ObjectType({ simpleResolvers: true, description: 'A period that a session spent in one status.' })
export class SessionStateSpan {
  @Field(() => SessionStatusEnum, { description: 'The status.' })
  status!: SessionStatus;

  @Field(() => DateTime, { description: 'When it was entered.' })
  startedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was left, null for the present one.' })
  endedAt!: string | null;
}

/**
 * A bounded right to connect one user, holding one key, to one host of a target. What it was (names, ids,
 * endpoint, limit) is kept as text and never changes; what it hangs on cannot be deleted while it lives.
 * It owns its states and its connections, and outlives its user, its target and its project as history.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description: 'A bounded right to connect a user to one host of a target.',
})
@Entity('session')
export class Session extends ResourceRow {
  @Field(() => String, { description: 'Protocol the worker proxies: `tcp`.' })
  @Column('text')
  type!: 'tcp';

  @Field(() => SessionStatusEnum, { description: 'Present status.' })
  @Column('text')
  status!: SessionStatus;

  @Field(() => [SessionStateSpan], {
    description: 'All statuses so far, oldest first. Never more than four.',
  })
  states!: SessionStateSpan[];

  @Field(() => TerminationReasonEnum, {
    nullable: true,
    description: 'Why it ended; set as soon as its end is decided.',
  })
  @Column('text', { nullable: true })
  terminationReason!: TerminationReason | null;

  @Field(() => ID, { nullable: true, description: 'User who ended it, when somebody did.' })
  @Column('text', { nullable: true })
  endedBy!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the user who ended it, at the time.' })
  @Column('text', { nullable: true })
  endedByName!: string | null;

  @Field(() => String, { nullable: true, description: 'What was said when it was ended.' })
  @Column('text', { nullable: true })
  endComment!: string | null;

  @Field(() => ID, { nullable: true, description: 'User who asked for it.' })
  @Column('text')
  userId!: string;

  @Field(() => String, { nullable: true, description: 'Name of the user when it was authorized.' })
  @Column('text')
  userName!: string;

  @Field(() => ID, { nullable: true, description: 'Auth token it was asked for with.' })
  @Column('text')
  authTokenId!: string;

  @Column('text')
  orgId!: string;

  @Field(() => ID, { description: 'Project of the target.' })
  @Column('text')
  projectId!: string;

  @Field(() => String, { nullable: true, description: 'Name of the project when it was authorized.' })
  @Column('text', { nullable: true })
  projectName!: string | null;

  @Field(() => ID, { nullable: true, description: 'Target it goes to.' })
  @Column('text')
  targetId!: string;

  @Field(() => String, { nullable: true, description: 'Name of the target when it was authorized.' })
  @Column('text')
  targetName!: string;

  @Field(() => ID, { nullable: true, description: 'Host set the host was taken from; null for an address.' })
  @Column('text', { nullable: true })
  hostSetId!: string | null;

  @Field(() => ID, { nullable: true, description: 'Host it goes to; null for an address.' })
  @Column('text', { nullable: true })
  hostId!: string | null;

  @Column('text')
  endpointHost!: string;

  @Column('integer')
  endpointPort!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'How many connections it may open in its life; -1 for any number.',
  })
  @Column('integer')
  connectionLimit!: number;

  @Field(() => Int, { nullable: true, description: 'Connections it has opened so far.' })
  @Column('integer')
  connectionCount!: number;

  @Field(() => Int, { nullable: true, description: 'Open connections now.' })
  @Column('integer')
  openConnectionCount!: number;

  @Field(() => UInt64, {
    nullable: true,
    description: 'Bytes from client to host over all connections, as last reported.',
  })
  @Column('bigint')
  bytesUp!: string;

  @Field(() => UInt64, {
    nullable: true,
    description: 'Bytes from host to client over all connections, as last reported.',
  })
  @Column('bigint')
  bytesDown!: string;

  @Field(() => DateTime, { nullable: true, description: 'When a worker last reported its bytes.' })
  @Column('timestamptz', { nullable: true })
  reportedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it will be ended by force.' })
  @Column('timestamptz')
  expiresAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was over.' })
  @Column('timestamptz', { nullable: true })
  terminatedAt!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Grows with every change that a stream tells of; keep the higher one of two copies.',
  })
  @Column('integer')
  revision!: number;

  /** SHA-256 of the public key of the one client that may use it; null until a detached token is redeemed. */
  @Column('text', { nullable: true })
  clientThumbprint!: string | null;

  // For the permission engine a session stands in its project.
  scopeId!: string;

  /** What a worker must match to serve it, as it was when the session was authorized. */
  @Column('text', { nullable: true })
  egressWorkerFilter!: string | null;

  /** Set where the reader's grants keep its connections back. */
  hidesConnections?: boolean;
}

/** What output fields may hide, by the names grants use. */
export const sessionFields: Hideable = {
  endedBy: 'termination_reason',
  endedByName: 'termination_reason',
  endComment: 'termination_reason',
  terminationReason: 'termination_reason',
  userId: 'user_id',
  userName: 'user_id',
  authTokenId: 'auth_token_id',
  projectName: 'scope',
  targetId: 'target_id',
  targetName: 'target_id',
  hostSetId: 'host_set_id',
  hostId: 'host_id',
  endpointHost: 'endpoint',
  connectionLimit: 'connections',
  connectionCount: 'connections',
  openConnectionCount: 'connections',
  bytesUp: 'connections',
  bytesDown: 'connections',
  reportedAt: 'connections',
  expiresAt: 'expiration_time',
};

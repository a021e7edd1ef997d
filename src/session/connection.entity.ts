import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Node } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import { DateTime, UInt64 } from '../api/scalars.js';
import { enumOf, valuesOf } from './session-enum.js';
import { closedReasons, type ClosedReason, type ConnectionStatus } from './session.rules.js';

export const ClosedReasonEnum = enumOf(Object.keys(closedReasons));
registerEnumType(ClosedReasonEnum, {
  name: 'ConnectionClosedReason',
  description: 'Why a connection closed.',
  valuesConfig: valuesOf(closedReasons),
});

/**
 * One proxied TCP connection of a session. Belongs to the session; made when the worker asked for it, within
 * the session's limit. Its bytes are final once it is closed. A type whose name ends in Connection is a page
 * in this API, hence the name.
 */
@ObjectType('ConnectionRecord', {
  implements: [Node],
  description: 'One proxied TCP connection of a session: what everybody calls a connection.',
})
@Entity('session_connection')
export class ConnectionRecord implements Node {
  @PrimaryColumn('text')
  id!: string;

  @Field(() => ID, { description: 'Session it belongs to.' })
  @Column('text')
  sessionId!: string;

  @Column('text', { nullable: true })
  workerId!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the worker that proxies it.' })
  @Column('text')
  workerName!: string;

  @Column('text')
  bootId!: string;

  @Column('text')
  status!: ConnectionStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Address and port of the client as the worker saw them.',
  })
  @Column('text')
  clientAddress!: string;

  @Field(() => String, { nullable: true, description: 'Address and port that were dialled.' })
  @Column('text', { nullable: true })
  endpointAddress!: string | null;

  @Field(() => DateTime, { name: 'openedAt', description: 'When it was authorized.' })
  @Column('timestamptz')
  createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the host was reached.' })
  @Column('timestamptz', { nullable: true })
  connectedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it closed, null while open.' })
  @Column('timestamptz', { nullable: true })
  closedAt!: string | null;

  @Field(() => ClosedReasonEnum, { nullable: true, description: 'Why it closed, null while open.' })
  @Column('text', { nullable: true })
  closedReason!: ClosedReason | null;

  @Field(() => UInt64, { description: 'Bytes from client to host, as last reported; final once closed.' })
  @Column('bigint')
  bytesUp!: string;

  @Field(() => UInt64, { description: 'Bytes from host to client, as last reported; final once closed.' })
  @Column('bigint')
  bytesDown!: string;
}

export const ConnectionRecordPage = pageTypes('ConnectionRecord', 'connections', () => ConnectionRecord);

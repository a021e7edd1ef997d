import { createUnionType, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, EventCursor } from '../api/scalars.js';
import { ConnectionRecord } from './connection.entity.js';
import { sessionEventKinds } from './record-session.js';
import { Session } from './session.entity.js';

export const SessionEventTypeEnum = Object.fromEntries(
  Object.values(sessionEventKinds).map((type) => [type, type]),
) as Record<SessionEventType, SessionEventType>;
export type SessionEventType = (typeof sessionEventKinds)[keyof typeof sessionEventKinds];
registerEnumType(SessionEventTypeEnum, {
  name: 'SessionEventType',
  description: 'What happened to a session.',
  valuesConfig: {
    CREATED: { description: 'Authorized.' },
    BOUND: { description: 'Its detached token was redeemed, and it is bound to a key now.' },
    AUTHORIZATION_REPLAYED: {
      description: 'Somebody tried to redeem its token a second time, and was refused.',
    },
    STATUS_CHANGED: { description: 'Status changed.' },
    CONNECTION_OPENED: { description: 'A connection reached its host.' },
    CONNECTION_CLOSED: { description: 'A connection closed.' },
  },
});

@ObjectType({ description: 'A change of one session, with the session as it was right after the change.' })
export class SessionEvent {
  @Field(() => EventCursor, {
    description:
      'Position of the event. Resume after it only when `isSnapshot` is false: a snapshot is whole at its checkpoint.',
  })
  cursor!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  occurredAt!: string;

  @Field(() => SessionEventTypeEnum, { description: 'What happened.' })
  type!: SessionEventType;

  @Field(() => Session, { description: 'The session as of this event.' })
  session!: Session;

  @Field(() => ConnectionRecord, {
    nullable: true,
    description: 'The connection, for CONNECTION_OPENED and CONNECTION_CLOSED.',
  })
  connection!: ConnectionRecord | null;

  @Field(() => Boolean, { description: 'True for an item of the opening snapshot.' })
  isSnapshot!: boolean;
}

@ObjectType({
  description: 'The session left the view: it no longer matches the filter.',
})
export class SessionRemoved {
  @Field(() => EventCursor, { description: 'Position of the event.' })
  cursor!: string;

  @Field(() => ID, { description: 'Identifier of the session.' })
  sessionId!: string;
}

@ObjectType({
  description:
    'Every item up to here has been sent. Keep the cursor to resume after it; also sent as a heartbeat when nothing happens.',
})
export class StreamCheckpoint {
  @Field(() => EventCursor, { description: 'Position reached.' })
  cursor!: string;

  @Field(() => DateTime, { description: 'Time of the database.' })
  serverTime!: string;
}

export const StreamResetReasonEnum = {
  CURSOR_EXPIRED: 'CURSOR_EXPIRED',
  EPOCH_CHANGED: 'EPOCH_CHANGED',
  SLOW_CONSUMER: 'SLOW_CONSUMER',
  GRANTS_CHANGED: 'GRANTS_CHANGED',
} as const;
export type StreamResetReason = keyof typeof StreamResetReasonEnum;
registerEnumType(StreamResetReasonEnum, {
  name: 'StreamResetReason',
  description: 'Why a stream cannot go on from where it was.',
  valuesConfig: {
    CURSOR_EXPIRED: { description: 'The cursor is older than the log that is kept.' },
    EPOCH_CHANGED: { description: 'The log was restored or rebuilt.' },
    SLOW_CONSUMER: { description: 'The subscriber was too slow and its queue overflowed.' },
    GRANTS_CHANGED: { description: "The caller's grants changed what it may see." },
  },
});

@ObjectType({ description: 'Drop local state. A fresh snapshot follows in the same stream.' })
export class StreamReset {
  @Field(() => StreamResetReasonEnum, { description: 'Why.' })
  reason!: StreamResetReason;
}

export const SessionStreamItem = createUnionType({
  name: 'SessionStreamItem',
  description: 'An item of the session stream.',
  types: () => [SessionEvent, SessionRemoved, StreamCheckpoint, StreamReset] as const,
});
export type SessionStreamItem = SessionEvent | SessionRemoved | StreamCheckpoint | StreamReset;

/** An item of one of these classes, so that GraphQL knows its type. */
export function item<T extends object>(type: abstract new () => T, values: T): T {
  return Object.assign(Object.create(type.prototype as object) as T, values);
}

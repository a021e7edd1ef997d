import { Field, ObjectType } from 'type-graphql';
import { edgeType, PageInfo, type Edge } from '../api/page.js';
import { EventCursor } from '../api/scalars.js';
import type { SessionPageData } from './list-sessions.js';
import { Session } from './session.entity.js';

const SessionEdge = edgeType('Session', 'sessions', () => Session);

@ObjectType('SessionConnection', { simpleResolvers: true, description: 'One page of sessions.' })
export class SessionPage implements SessionPageData {
  @Field(() => [SessionEdge], { description: 'Items with their cursors.' })
  edges!: Edge<Session>[];

  @Field(() => [Session], { description: 'Items without their cursors.' })
  nodes!: Session[];

  @Field(() => PageInfo, { description: 'Where the page stands in the list.' })
  pageInfo!: PageInfo;

  @Field(() => EventCursor, {
    description:
      'Position of the event log at the moment the page was read. Subscribe after it to miss nothing.',
  })
  eventCursor!: string;
}

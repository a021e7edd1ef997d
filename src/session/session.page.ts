import type { GraphQLResolveInfo } from 'graphql';
import { Field, ObjectType } from 'type-graphql';
import { isAskedFor } from '../api/asked-fields.js';
import { edgeType, PageInfo, type Edge } from '../api/page.js';
import { EventCursor } from '../api/scalars.js';
import type { SessionPageData, SessionPageWants } from './list-sessions.js';
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

/** What a page of sessions is asked for, of what costs more than the rest. */
export function wantsOf(info: GraphQLResolveInfo): SessionPageWants {
  return { states: isAskedFor('states', info), eventCursor: isAskedFor('eventCursor', info) };
}

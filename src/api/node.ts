import { Field, ID, Int, InterfaceType } from 'type-graphql';
import { Column, PrimaryColumn } from 'typeorm';
import type { Protected } from '../core/acl.js';
import { ActionEnum } from './action-enum.js';
import { DateTime } from './scalars.js';

@InterfaceType({ description: 'An object that can be fetched again by its identifier alone.' })
export abstract class Node {
  @Field(() => ID, {
    description:
      'Identifier with a type prefix, for example ttcp_7Hq2mD0aXb. The same text is used in the API, the CLI, the logs and the configuration.',
  })
  id!: string;
}

@InterfaceType({ description: 'An object with optimistic concurrency control.' })
export abstract class Versioned {
  @Field(() => Int, {
    description:
      'Starts at 1 and grows by one at every change; of a session, when its status, reason, expiry or key changes: its counters move without it. Pass it back as expectedVersion.',
  })
  version!: number;

  @Field(() => DateTime, { description: 'When the object was created.' })
  createdAt!: string;

  @Field(() => DateTime, { description: 'When the version last grew.' })
  updatedAt!: string;
}

@InterfaceType({ description: 'An object the caller may act on.' })
export abstract class Authorizable {
  @Field(() => [ActionEnum], {
    description: 'Actions the caller holds on this very object. Advice: every mutation checks again.',
  })
  authorizedActions!: string[];
}

/** What nearly every resource has: the columns behind Node and Versioned, and where it stands. */
export abstract class ResourceRow implements Node, Versioned, Authorizable {
  @PrimaryColumn('text')
  id!: string;

  @Column('integer')
  version!: number;

  @Column('timestamptz')
  createdAt!: string;

  @Column('timestamptz')
  updatedAt!: string;

  /** Parent of its scope, selected beside the row; what `children` grants are compared with. */
  scopeParentId!: string | null;

  /** Set when the row is presented to a caller. */
  authorizedActions!: string[];

  /** Where it stands for the permission engine, which its reader may be kept from; set with the actions. */
  standsIn?: Protected;
}

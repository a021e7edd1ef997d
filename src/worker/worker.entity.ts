import { Column, Entity } from 'typeorm';
import { ResourceRow } from '../api/node.js';

/**
 * A proxy node, one row per name, whatever process plays it. Each start of that process is a boot with an id
 * of its own; a second live boot of one name is refused. Its connections keep their rows when it is deleted.
 */
@Entity('worker')
export class Worker extends ResourceRow {
  @Column('text')
  name!: string;

  @Column('text')
  type!: 'built-in';

  /** Where clients dial it, `host:port`. */
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

  @Column('text', { nullable: true })
  releaseVersion!: string | null;

  @Column('timestamptz')
  lastSeenAt!: string;
}

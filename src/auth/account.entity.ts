import { Column, Entity } from 'typeorm';
import { ResourceRow } from '../api/node.js';

/**
 * A login of an auth method. Belongs to at most one user, who lives in the same scope and has at most one
 * account per auth method. Deleting it deletes its tokens. Its password's hash lies in a table of its own,
 * which no query of accounts reads.
 */
@Entity('account')
export class Account extends ResourceRow {
  @Column('text')
  authMethodId!: string;

  @Column('text')
  scopeId!: string;

  @Column('text', { nullable: true })
  userId!: string | null;

  @Column('text')
  loginName!: string;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text', { nullable: true })
  description!: string | null;
}

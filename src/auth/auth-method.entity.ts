import { Column, Entity } from 'typeorm';
import { ResourceRow } from '../api/node.js';

/**
 * A way to sign in to a scope (global or an org), here by login name and password. Owns its accounts: they
 * and their tokens go with it. The one its scope calls primary also makes users at their first login.
 */
@Entity('auth_method')
export class AuthMethod extends ResourceRow {
  @Column('text')
  scopeId!: string;

  @Column('text')
  type!: 'password';

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('integer')
  minLoginNameLength!: number;

  @Column('integer')
  minPasswordLength!: number;
}

import { Column, Entity } from 'typeorm';
import { ResourceRow } from '../api/node.js';

/**
 * A set of grants for a set of principals. Lives in any scope and belongs to it; its grant scopes say which
 * scopes its grants speak for (`this` when nothing is said). Deleting it takes the permissions with it.
 */
@Entity('role')
export class Role extends ResourceRow {
  @Column('text')
  scopeId!: string;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text', { nullable: true })
  description!: string | null;
}

import { newId } from '../core/id.js';
import type { Tx } from '../core/tx.js';
import type { User } from './user.entity.js';
import { insertUser } from './user.store.js';

/** Makes a user in a scope, with that name unless somebody there has it already: then with none. */
export async function createUser(tx: Tx, scopeId: string, wantedName: string): Promise<User> {
  const id = newId('u');
  const user = (await insertUser(tx, id, scopeId, wantedName)) ?? (await insertUser(tx, id, scopeId, null));
  if (!user) throw new Error(`user ${id} was not written`);
  const { name, version: revision } = user;
  tx.record({
    kind: 'user.created',
    subjectId: id,
    scopeId,
    revision,
    body: { user: { id, scopeId, name } },
  });
  return user;
}

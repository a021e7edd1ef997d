import { newId } from '../core/id.js';
import { imageOf } from '../core/record-change.js';
import type { Tx } from '../core/tx.js';
import { userFields, type User } from './user.entity.js';
import { findUser, insertUser } from './user.store.js';

/** Makes a user in a scope, with that name unless somebody there has it already: then with none. */
export async function createUser(tx: Tx, scopeId: string, wantedName: string): Promise<User> {
  const id = newId('u');
  if (!(await insertUser(tx, id, scopeId, wantedName))) await insertUser(tx, id, scopeId, null);
  const user = await findUser(tx, id);
  if (!user) throw new Error(`user ${id} was not written`);
  const body = imageOf(user, userFields);
  tx.record({ kind: 'user.created', subjectId: id, scopeId, revision: user.version, body });
  return user;
}

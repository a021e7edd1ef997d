import type { Reactor, Tx } from '../core/tx.js';
import {
  deleteTokens,
  lockTokensOfAccount,
  lockTokensOfAuthMethod,
  lockTokensOfScope,
  lockTokensOfUser,
  type EndedToken,
} from './ended-tokens.store.js';

/** Ends the sessions made with tokens, all at once, then deletes the tokens, and tells the log of each. */
export async function endTokens(tx: Tx, tokens: readonly EndedToken[]): Promise<void> {
  const [first] = tokens;
  if (!first) return;
  const ids = tokens.map(({ id }) => id);
  const { id, scopeId: where } = first;
  await tx.announce({
    kind: 'auth-tokens.removing',
    subjectId: id,
    scopeId: where,
    revision: 1,
    body: { ids },
  });
  await deleteTokens(tx, ids);
  for (const { id: subjectId, scopeId } of tokens)
    tx.record({ kind: 'auth-token.deleted', subjectId, scopeId, revision: 1, body: {} });
}

/** Signs a user or an account out everywhere once it is disabled. */
export const signOutDisabled: Reactor = {
  name: 'sign out who is disabled',
  kinds: ['user.changed', 'account.changed'],
  async react(tx, { kind, subjectId, body }) {
    if (body['isDisabled'] !== true) return;
    const lockTokens = kind === 'user.changed' ? lockTokensOfUser : lockTokensOfAccount;
    await endTokens(tx, await lockTokens(tx, subjectId));
  },
};

const goingWith: Readonly<Record<string, (tx: Tx, id: string) => Promise<EndedToken[]>>> = {
  'account.removing': lockTokensOfAccount,
  'auth-method.removing': lockTokensOfAuthMethod,
  'scope.removing': lockTokensOfScope,
};

/** Ends the tokens of what is removed before the schema would delete them together with it, of which nobody was told. */
export const endTokensOfRemoved: Reactor = {
  name: 'end the tokens of what is removed',
  kinds: Object.keys(goingWith),
  async react(tx, { kind, subjectId }) {
    await endTokens(tx, (await goingWith[kind]?.(tx, subjectId)) ?? []);
  },
};

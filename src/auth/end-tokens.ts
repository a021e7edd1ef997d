import type { Reactor, Tx } from '../core/tx.js';
import {
  deleteTokens,
  lockTokensOfAccount,
  lockTokensOfAuthMethod,
  lockTokensOfScope,
  lockTokensOfUser,
  type EndedToken,
} from './ended-tokens.store.js';

/** Ends the sessions made with tokens, then deletes the tokens, and tells the log of each. */
export async function endTokens(tx: Tx, tokens: readonly EndedToken[]): Promise<void> {
  if (tokens.length === 0) return;
  for (const { id: subjectId, scopeId } of tokens)
    await tx.announce({ kind: 'auth-token.removing', subjectId, scopeId, revision: 1, body: {} });
  await deleteTokens(
    tx,
    tokens.map(({ id }) => id),
  );
  tellOfTokens(tx, tokens);
}

/** Tells the log that tokens are gone. */
export function tellOfTokens(tx: Tx, tokens: readonly EndedToken[]): void {
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

/** Tells the log of the tokens that the schema deletes together with what they come from. */
export const tellOfRemovedTokens: Reactor = {
  name: 'tell of the tokens that go with what is removed',
  kinds: Object.keys(goingWith),
  async react(tx, { kind, subjectId }) {
    tellOfTokens(tx, (await goingWith[kind]?.(tx, subjectId)) ?? []);
  },
};

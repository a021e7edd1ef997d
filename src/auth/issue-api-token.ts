import type { Ctx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { imageOf, recordChange } from '../core/record-change.js';
import { cleanDescription, cleanName } from '../core/text.rules.js';
import { findNow } from '../events/event.store.js';
import { protectedRow } from '../grant/require.js';
import { requireRow } from '../scope/change-row.js';
import { userKind } from '../user/user.kinds.js';
import { authTokenFields, type AuthToken } from './auth-token.entity.js';
import { endOfTokenLife, type TokenLife } from './auth-token.rules.js';
import { findTokens, insertApiToken } from './auth.store.js';
import { presentToken } from './require-auth-token.js';
import { newToken } from './token-secret.js';

export interface IssueApiTokenInput extends Repeatable, TokenLife {
  readonly userId: string;
  readonly name: string;
  readonly description?: string | null;
  readonly isReadOnly?: boolean | null;
}

export interface IssuedToken {
  /** As its issuer may see it; null where it may not. */
  readonly authToken: AuthToken | null;
  /** Returned once; the database has only its hash. Null when the request was repeated. */
  readonly token: string | null;
}

/**
 * Issues a token with which a program acts as a service user until it ends or is deleted. Whoever holds it may what the
 * user may, or with `isReadOnly` what of that only reads. Refuses people, and users that are disabled. Needs
 * `issue-api-token` on the user.
 */
export async function issueApiToken(ctx: Ctx, input: IssueApiTokenInput): Promise<IssuedToken> {
  const { row: user } = await requireRow(ctx, userKind, 'issue-api-token', input.userId);
  const { id: userId, scopeId } = user;
  ctx.note({ resourceType: 'user', resourceId: userId, scopeId });
  if (user.type !== 'service')
    throw invalidInput('input.userId', 'is a person, who signs in; API tokens are for service users');
  const on = protectedRow('user', user);
  await ctx.give({ kind: 'identity', action: 'issue-api-token', on, userId, accountIds: [] });
  const name = cleanName('input.name', input.name);
  const description = cleanDescription('input.description', input.description ?? null);
  const expiresAt = endOfTokenLife(input, await findNow(ctx.tx));
  const token = newToken('api');
  const before = await madeBefore(ctx, 'issueApiToken', input, token.id);
  if (before !== null) {
    ctx.note({ resourceType: 'auth-token', resourceId: before, scopeId, comment: 'repeated' });
    return { authToken: await showToken(ctx, before), token: null };
  }
  const isReadOnly = input.isReadOnly ?? false;
  const isWritten = await insertApiToken(ctx.tx, {
    ...{ id: token.id, secretHash: token.secretHash, userId },
    ...{ name, description, expiresAt, isReadOnly },
  });
  if (!isWritten) throw disabled();
  const [row] = await findTokens(ctx.tx, [token.id]);
  const after = imageOf(row as AuthToken, authTokenFields);
  recordChange(ctx, { type: 'auth-token', id: token.id, scopeId, version: 1, before: null, after });
  return { authToken: await showToken(ctx, token.id), token: token.text };
}

async function showToken(ctx: Ctx, id: string): Promise<AuthToken | null> {
  const [row] = await findTokens(ctx.tx, [id]);
  return presentToken(await ctx.acl(), ctx.actor, 'read', row);
}

function disabled(): Failure {
  const message = 'the user is disabled; let it in again first';
  return new Failure({ code: 'INVALID_STATE', state: 'disabled', message });
}

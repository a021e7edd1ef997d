import type { Deletion } from '../api/change.input.js';
import type { Acl } from '../core/acl.js';
import { actorName, type Ctx, type ReadCtx } from '../core/ctx.js';
import { newId, type IdPrefix } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts } from '../core/text.rules.js';
import { deleteRow, requireRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateUnder } from '../scope/require-create.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import type { CredentialStore } from './credential-store.entity.js';
import { changedParts, newParts, type CheckedParts } from './checked-parts.js';
import type { Credential } from './credential.entity.js';
import { credentialKind } from './credential.kinds.js';
import {
  secretParts,
  type CredentialSecret,
  type CredentialType,
  type GivenParts,
} from './credential.rules.js';
import { findCredentialStore } from './credential.store.js';
import { insertCredential } from './insert-credential.js';
import { hmacsOf, keepSecret } from './keep-secret.js';

export const credentialPrefixes: Readonly<Record<CredentialType, IdPrefix>> = {
  username_password: 'credup',
  username_password_domain: 'credupd',
  password: 'credp',
  ssh_private_key: 'credspk',
  json: 'credjson',
};

export interface CreateCredentialInput extends Repeatable, GivenParts {
  readonly credentialStoreId: string;
  readonly name?: string | null;
  readonly description?: string | null;
}

type NewParts = CheckedParts & { readonly secret: CredentialSecret };

/**
 * Demands `create` on the credentials of a store, and checks the parts of the one that is to be made. Comes before the
 * transaction, which is not held while a private key opens.
 */
export async function prepareCredential(
  ctx: ReadCtx,
  type: CredentialType,
  input: CreateCredentialInput,
): Promise<NewParts> {
  await requireStore(ctx, input);
  return newParts(type, input, actorName(ctx.actor));
}

/** Makes a credential in a store, its secret sealed. Needs `create` on its credentials. */
export async function makeCredential(
  ctx: Ctx,
  secrets: SecretKeeper,
  type: CredentialType,
  input: CreateCredentialInput,
  parts: NewParts,
): Promise<Credential | null> {
  const { container, acl } = await requireStore(ctx, input);
  const { id: credentialStoreId, scopeId } = container;
  const id = newId(credentialPrefixes[type]);
  const texts = cleanTexts(input);
  const before = await madeBefore(ctx, `create ${type} credential`, toldOf(input, parts), id);
  if (before !== null) return showMade(ctx, credentialKind, acl, before);
  await insertCredential(ctx.tx, secrets, { id, scopeId, credentialStoreId, type, ...texts }, parts);
  return settleMade(ctx, credentialKind, acl, id);
}

async function requireStore(
  ctx: ReadCtx,
  { credentialStoreId: id }: CreateCredentialInput,
): Promise<{ container: CredentialStore; acl: Acl }> {
  const store = await findCredentialStore(ctx.tx, id);
  return requireCreateUnder(ctx, 'credential', 'credential-store', store);
}

// What tells two requests apart is kept, so it knows which secrets there are and nothing of what they are.
function toldOf(input: CreateCredentialInput, { secret }: NewParts): Repeatable & object {
  const told = Object.entries(input).filter(([name]) => !(secretParts as readonly string[]).includes(name));
  return Object.fromEntries([...told, ['secretParts', Object.keys(secret)]]);
}

export interface UpdateCredentialInput extends GivenParts {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Demands `update` on a credential, and checks the parts that it is to have. Comes before the transaction, too. */
export async function prepareChange(ctx: ReadCtx, input: UpdateCredentialInput): Promise<CheckedParts> {
  const { row } = await requireRow(ctx, credentialKind, 'update', input.id);
  return changedParts(row.type, input, actorName(ctx.actor));
}

/**
 * Changes a credential. A secret that is given takes the place of the one there was, whole; it is sealed anew also
 * where it is the same, which mends one that does not open. Needs `update`.
 */
export function updateCredential(
  ctx: Ctx,
  secrets: SecretKeeper,
  input: UpdateCredentialInput,
  { shown, secret }: CheckedParts,
): Promise<Credential | null> {
  return updateRow(
    ctx,
    credentialKind,
    input,
    async (row) => ({
      ...cleanTexts(input),
      ...shown,
      ...(secret === null ? {} : await hmacsOf(ctx.tx, secrets, row, secret)),
    }),
    async (row) => {
      if (secret !== null) await keepSecret(ctx.tx, secrets, row, secret);
    },
  );
}

/** Deletes a credential with its secret; targets hand it out no more, sessions go on. Needs `delete`. */
export function deleteCredential(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, credentialKind, input);
}

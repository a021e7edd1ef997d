import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import { countRemaining, type Resealed } from '../seal/reseal-scope.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import { destroyDataKeyVersion } from './destroy-data-key-version.js';
import { listScopeKeys } from './list-scope-keys.js';
import { requireReseal, rotateScopeKeys } from './rotate-scope-keys.js';
import {
  DestroyDataKeyVersionInput,
  DestroyDataKeyVersionPayload,
  ResealScopeSecretsInput,
  ResealScopeSecretsPayload,
  RotateScopeKeysInput,
  RotateScopeKeysPayload,
  ScopeKey,
} from './scope-key.type.js';

/** The request, with what the keys of scopes need of the server. */
export interface KeyRequest extends Request {
  readonly secrets: SecretKeeper;
  /** Seals again what older keys of a scope have sealed, in transactions of its own. */
  reseal(scopeId: string): Promise<Resealed>;
}

const input = { description: 'Input.' };

@Resolver()
export class ScopeKeyResolver {
  @Query(() => [ScopeKey], {
    description: 'The data keys under which secrets of a scope are sealed, newest first. Needs list-keys.',
  })
  scopeKeys(
    @Ctx() { ctx }: Request,
    @Arg('scopeId', () => ID, { description: 'Scope: global, an org or a project.' }) scopeId: string,
  ): Promise<ScopeKey[]> {
    return listScopeKeys(ctx, scopeId);
  }

  @Mutation(() => RotateScopeKeysPayload, {
    description:
      'Make the next version of the key that secrets of a scope are sealed under, and seal again what older versions have sealed where that is asked for.',
  })
  async rotateScopeKeys(
    @Ctx() request: KeyRequest,
    @Arg('input', () => RotateScopeKeysInput, input) asked: RotateScopeKeysInput,
  ): Promise<RotateScopeKeysPayload> {
    const { secrets } = request;
    const key = await request.write('rotateScopeKeys', (ctx) => rotateScopeKeys(ctx, asked, secrets));
    const resealed = asked.reseal
      ? await request.reseal(asked.scopeId)
      : { resealedCount: 0, remainingCount: await countRemaining(request.ctx.tx, asked.scopeId) };
    return { key, ...resealed };
  }

  @Mutation(() => ResealScopeSecretsPayload, {
    description:
      'Seal again, under the version in use, what older versions of the key of a scope have sealed. Takes 10 seconds at most; ask again until nothing remains. Needs rotate-keys.',
  })
  async resealScopeSecrets(
    @Ctx() request: KeyRequest,
    @Arg('input', () => ResealScopeSecretsInput, input) { scopeId }: ResealScopeSecretsInput,
  ): Promise<ResealScopeSecretsPayload> {
    await request.write('resealScopeSecrets', (ctx) => requireReseal(ctx, scopeId));
    return request.reseal(scopeId);
  }

  @Mutation(() => DestroyDataKeyVersionPayload, {
    description:
      'Destroy a version of a key of a scope. Refused while anything is sealed under it, and for the version in use.',
  })
  destroyDataKeyVersion(
    @Ctx() request: Request,
    @Arg('input', () => DestroyDataKeyVersionInput, input) asked: DestroyDataKeyVersionInput,
  ): Promise<Deleted> {
    return request.write('destroyDataKeyVersion', (ctx) => destroyDataKeyVersion(ctx, asked));
  }
}

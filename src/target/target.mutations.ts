import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion, MembersChange } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import type { Alias } from './alias.entity.js';
import { CreateAliasInput, DeleteAliasInput, UpdateAliasInput } from './alias.input.js';
import { changeTargetCredentialSources } from './change-credential-sources.js';
import { createAlias, deleteAlias, updateAlias } from './change-alias.js';
import { changeTargetHostSources, createTarget, deleteTarget, updateTarget } from './change-target.js';
import type { Target } from './target.entity.js';
import * as inputs from './target.input.js';
import * as payloads from './target.payload.js';

type CredentialsChange = MembersChange & { readonly brokeredCredentialSourceIds: string[] };
type SourcesChange = MembersChange & { readonly hostSourceIds: string[] };

const input = { description: 'Input.' };

@Resolver()
export class TargetMutations {
  @Mutation(() => payloads.CreateTargetPayload, {
    description: 'Make a target in a project, with aliases if wanted.',
  })
  async createTarget(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateTargetInput, input) asked: inputs.CreateTargetInput,
  ): Promise<{ target: Target | null }> {
    return { target: await request.write('createTarget', (ctx) => createTarget(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateTargetPayload, {
    description:
      'Change a target. Sessions keep what they were authorized with; those it would lead elsewhere end.',
  })
  async updateTarget(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateTargetInput, input) asked: inputs.UpdateTargetInput,
  ): Promise<{ target: Target | null }> {
    return { target: await request.write('updateTarget', (ctx) => updateTarget(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteTargetPayload, {
    description: 'Delete a target. Its sessions end; its aliases stay and lead nowhere.',
  })
  deleteTarget(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteTargetInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteTarget', (ctx) => deleteTarget(ctx, asked));
  }

  @Mutation(() => payloads.AddTargetHostSourcesPayload, {
    description: 'Attach host sets of the same project to a target that has no address.',
  })
  async addTargetHostSources(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddTargetHostSourcesInput, input) asked: SourcesChange,
  ): Promise<{ target: Target | null }> {
    const target = await request.write('addTargetHostSources', (ctx) =>
      changeTargetHostSources(ctx, 'add', asked),
    );
    return { target };
  }

  @Mutation(() => payloads.SetTargetHostSourcesPayload, {
    description: 'Say which host sets a target goes by; none detaches all.',
  })
  async setTargetHostSources(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetTargetHostSourcesInput, input) asked: SourcesChange,
  ): Promise<{ target: Target | null }> {
    const target = await request.write('setTargetHostSources', (ctx) =>
      changeTargetHostSources(ctx, 'set', asked),
    );
    return { target };
  }

  @Mutation(() => payloads.RemoveTargetHostSourcesPayload, {
    description: 'Detach host sets from a target. Sessions to a host that it does not offer any more end.',
  })
  async removeTargetHostSources(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveTargetHostSourcesInput, input) asked: SourcesChange,
  ): Promise<{ target: Target | null }> {
    const target = await request.write('removeTargetHostSources', (ctx) =>
      changeTargetHostSources(ctx, 'remove', asked),
    );
    return { target };
  }
}

@Resolver()
export class TargetCredentialsMutations {
  @Mutation(() => payloads.AddTargetCredentialSourcesPayload, {
    description:
      'Attach credentials of the same project, which an authorization of a session on the target hands out.',
  })
  async addTargetCredentialSources(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddTargetCredentialSourcesInput, input) asked: CredentialsChange,
  ): Promise<{ target: Target | null }> {
    const target = await request.write('addTargetCredentialSources', (ctx) =>
      changeTargetCredentialSources(ctx, 'add', asked),
    );
    return { target };
  }

  @Mutation(() => payloads.SetTargetCredentialSourcesPayload, {
    description: 'Say which credentials a target hands out; none detaches all.',
  })
  async setTargetCredentialSources(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetTargetCredentialSourcesInput, input) asked: CredentialsChange,
  ): Promise<{ target: Target | null }> {
    const target = await request.write('setTargetCredentialSources', (ctx) =>
      changeTargetCredentialSources(ctx, 'set', asked),
    );
    return { target };
  }

  @Mutation(() => payloads.RemoveTargetCredentialSourcesPayload, {
    description: 'Detach credentials from a target. Sessions keep what they were handed.',
  })
  async removeTargetCredentialSources(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveTargetCredentialSourcesInput, input) asked: CredentialsChange,
  ): Promise<{ target: Target | null }> {
    const target = await request.write('removeTargetCredentialSources', (ctx) =>
      changeTargetCredentialSources(ctx, 'remove', asked),
    );
    return { target };
  }
}

@Resolver()
export class AliasMutations {
  @Mutation(() => payloads.CreateAliasPayload, { description: 'Make an alias of a target.' })
  async createAlias(
    @Ctx() request: Request,
    @Arg('input', () => CreateAliasInput, input) asked: CreateAliasInput,
  ): Promise<{ alias: Alias | null }> {
    return { alias: await request.write('createAlias', (ctx) => createAlias(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateAliasPayload, { description: 'Change an alias, or what it stands for.' })
  async updateAlias(
    @Ctx() request: Request,
    @Arg('input', () => UpdateAliasInput, input) asked: UpdateAliasInput,
  ): Promise<{ alias: Alias | null }> {
    return { alias: await request.write('updateAlias', (ctx) => updateAlias(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteAliasPayload, { description: 'Delete an alias; its target stays.' })
  deleteAlias(
    @Ctx() request: Request,
    @Arg('input', () => DeleteAliasInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteAlias', (ctx) => deleteAlias(ctx, asked));
  }
}

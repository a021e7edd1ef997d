import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion, MembersChange } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import { changeGroupMembers, createGroup, deleteGroup, updateGroup } from './change-group.js';
import type { Group } from './group.entity.js';
import * as inputs from './group.input.js';
import * as payloads from './group.payload.js';

type UsersChange = MembersChange & { readonly memberIds: string[] };

const input = { description: 'Input.' };

@Resolver()
export class GroupMutations {
  @Mutation(() => payloads.CreateGroupPayload, { description: 'Make an empty group in a scope.' })
  async createGroup(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateGroupInput, input) asked: inputs.CreateGroupInput,
  ): Promise<{ group: Group | null }> {
    return { group: await request.write('createGroup', (ctx) => createGroup(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateGroupPayload, { description: 'Rename or describe a group.' })
  async updateGroup(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateGroupInput, input) asked: inputs.UpdateGroupInput,
  ): Promise<{ group: Group | null }> {
    return { group: await request.write('updateGroup', (ctx) => updateGroup(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteGroupPayload, {
    description: 'Delete a group. Its members lose the roles they had by it at their next request.',
  })
  deleteGroup(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteGroupInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteGroup', (ctx) => deleteGroup(ctx, asked));
  }

  @Mutation(() => payloads.AddGroupMembersPayload, {
    description: 'Add users to a group. They may live in any scope; whoever adds them must see them.',
  })
  async addGroupMembers(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddGroupMembersInput, input) asked: UsersChange,
  ): Promise<{ group: Group | null }> {
    return { group: await request.write('addGroupMembers', (ctx) => changeGroupMembers(ctx, 'add', asked)) };
  }

  @Mutation(() => payloads.SetGroupMembersPayload, {
    description: 'Say which users a group holds; none empties it.',
  })
  async setGroupMembers(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetGroupMembersInput, input) asked: UsersChange,
  ): Promise<{ group: Group | null }> {
    return { group: await request.write('setGroupMembers', (ctx) => changeGroupMembers(ctx, 'set', asked)) };
  }

  @Mutation(() => payloads.RemoveGroupMembersPayload, { description: 'Take users out of a group.' })
  async removeGroupMembers(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveGroupMembersInput, input) asked: UsersChange,
  ): Promise<{ group: Group | null }> {
    const group = await request.write('removeGroupMembers', (ctx) =>
      changeGroupMembers(ctx, 'remove', asked),
    );
    return { group };
  }
}

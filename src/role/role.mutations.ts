import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion, MembersChange } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import { changeRoleGrantScopes } from './change-role-grant-scopes.js';
import { changeRoleGrants } from './change-role-grants.js';
import { changeRolePrincipals } from './change-role-principals.js';
import { createRoleIn, deleteRole, updateRole } from './change-role.js';
import type { Role } from './role.entity.js';
import * as inputs from './role.input.js';
import * as payloads from './role.payload.js';

type PrincipalsChange = MembersChange & { readonly principalIds: string[] };
type GrantsChange = MembersChange & { readonly grantStrings: string[] };
type ScopesChange = MembersChange & { readonly grantScopeIds: string[] };

const input = { description: 'Input.' };

@Resolver()
export class RoleMutations {
  @Mutation(() => payloads.CreateRolePayload, {
    description:
      'Make a role in a scope. It speaks for that scope alone, nobody holds it and it grants nothing yet.',
  })
  async createRole(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateRoleInput, input) asked: inputs.CreateRoleInput,
  ): Promise<{ role: Role | null }> {
    return { role: await request.write('createRole', (ctx) => createRoleIn(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateRolePayload, { description: 'Rename or describe a role.' })
  async updateRole(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateRoleInput, input) asked: inputs.UpdateRoleInput,
  ): Promise<{ role: Role | null }> {
    return { role: await request.write('updateRole', (ctx) => updateRole(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteRolePayload, {
    description: 'Delete a role. Whoever holds it loses what it grants at their next request.',
  })
  deleteRole(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteRoleInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteRole', (ctx) => deleteRole(ctx, asked));
  }
}

@Resolver()
export class RolePrincipalsMutations {
  @Mutation(() => payloads.AddRolePrincipalsPayload, {
    description:
      'Give a role to users and groups. They may live in any scope; whoever gives it must see them.',
  })
  async addRolePrincipals(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddRolePrincipalsInput, input) asked: PrincipalsChange,
  ): Promise<{ role: Role | null }> {
    return {
      role: await request.write('addRolePrincipals', (ctx) => changeRolePrincipals(ctx, 'add', asked)),
    };
  }

  @Mutation(() => payloads.SetRolePrincipalsPayload, {
    description: 'Say which users and groups hold a role; none takes it from everybody.',
  })
  async setRolePrincipals(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetRolePrincipalsInput, input) asked: PrincipalsChange,
  ): Promise<{ role: Role | null }> {
    return {
      role: await request.write('setRolePrincipals', (ctx) => changeRolePrincipals(ctx, 'set', asked)),
    };
  }

  @Mutation(() => payloads.RemoveRolePrincipalsPayload, { description: 'Take a role from users and groups.' })
  async removeRolePrincipals(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveRolePrincipalsInput, input) asked: PrincipalsChange,
  ): Promise<{ role: Role | null }> {
    return {
      role: await request.write('removeRolePrincipals', (ctx) => changeRolePrincipals(ctx, 'remove', asked)),
    };
  }
}

@Resolver()
export class RoleGrantsMutations {
  @Mutation(() => payloads.AddRoleGrantsPayload, {
    description: 'Give grants to a role, all of them or none. CONFLICT when it has one of them already.',
  })
  async addRoleGrants(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddRoleGrantsInput, input) asked: GrantsChange,
  ): Promise<{ role: Role | null }> {
    return { role: await request.write('addRoleGrants', (ctx) => changeRoleGrants(ctx, 'add', asked)) };
  }

  @Mutation(() => payloads.SetRoleGrantsPayload, {
    description: 'Say which grants a role has; none clears it.',
  })
  async setRoleGrants(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetRoleGrantsInput, input) asked: GrantsChange,
  ): Promise<{ role: Role | null }> {
    return { role: await request.write('setRoleGrants', (ctx) => changeRoleGrants(ctx, 'set', asked)) };
  }

  @Mutation(() => payloads.RemoveRoleGrantsPayload, {
    description: 'Take grants from a role. What it does not have is passed over.',
  })
  async removeRoleGrants(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveRoleGrantsInput, input) asked: GrantsChange,
  ): Promise<{ role: Role | null }> {
    return { role: await request.write('removeRoleGrants', (ctx) => changeRoleGrants(ctx, 'remove', asked)) };
  }
}

@Resolver()
export class RoleGrantScopesMutations {
  @Mutation(() => payloads.AddRoleGrantScopesPayload, { description: 'Let a role speak for more scopes.' })
  async addRoleGrantScopes(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddRoleGrantScopesInput, input) asked: ScopesChange,
  ): Promise<{ role: Role | null }> {
    return {
      role: await request.write('addRoleGrantScopes', (ctx) => changeRoleGrantScopes(ctx, 'add', asked)),
    };
  }

  @Mutation(() => payloads.SetRoleGrantScopesPayload, {
    description: 'Say which scopes a role speaks for; for none it grants nothing.',
  })
  async setRoleGrantScopes(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetRoleGrantScopesInput, input) asked: ScopesChange,
  ): Promise<{ role: Role | null }> {
    return {
      role: await request.write('setRoleGrantScopes', (ctx) => changeRoleGrantScopes(ctx, 'set', asked)),
    };
  }

  @Mutation(() => payloads.RemoveRoleGrantScopesPayload, {
    description: 'Let a role speak for scopes no longer.',
  })
  async removeRoleGrantScopes(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveRoleGrantScopesInput, input) asked: ScopesChange,
  ): Promise<{ role: Role | null }> {
    return {
      role: await request.write('removeRoleGrantScopes', (ctx) =>
        changeRoleGrantScopes(ctx, 'remove', asked),
      ),
    };
  }
}

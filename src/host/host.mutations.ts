import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion, MembersChange } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import { createHostCatalog, deleteHostCatalog, updateHostCatalog } from './change-host-catalog.js';
import { changeSetHosts, createHostSet, deleteHostSet, updateHostSet } from './change-host-set.js';
import { createHost, deleteHost, updateHost } from './change-host.js';
import type { HostCatalog } from './host-catalog.entity.js';
import type { HostSet } from './host-set.entity.js';
import type { Host } from './host.entity.js';
import * as inputs from './host.input.js';
import * as payloads from './host.payload.js';

type HostsChange = MembersChange & { readonly hostIds: string[] };

const input = { description: 'Input.' };

@Resolver()
export class HostCatalogMutations {
  @Mutation(() => payloads.CreateHostCatalogPayload, { description: 'Make a host catalog in a project.' })
  async createHostCatalog(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateHostCatalogInput, input) asked: inputs.CreateHostCatalogInput,
  ): Promise<{ hostCatalog: HostCatalog | null }> {
    const hostCatalog = await request.write('createHostCatalog', (ctx) => createHostCatalog(ctx, asked));
    return { hostCatalog };
  }

  @Mutation(() => payloads.UpdateHostCatalogPayload, { description: 'Rename or describe a host catalog.' })
  async updateHostCatalog(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateHostCatalogInput, input) asked: inputs.UpdateHostCatalogInput,
  ): Promise<{ hostCatalog: HostCatalog | null }> {
    const hostCatalog = await request.write('updateHostCatalog', (ctx) => updateHostCatalog(ctx, asked));
    return { hostCatalog };
  }

  @Mutation(() => payloads.DeleteHostCatalogPayload, {
    description: 'Delete a host catalog with its hosts and host sets. Sessions that go to one of them end.',
  })
  deleteHostCatalog(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteHostCatalogInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteHostCatalog', (ctx) => deleteHostCatalog(ctx, asked));
  }
}

@Resolver()
export class HostMutations {
  @Mutation(() => payloads.CreateHostPayload, { description: 'Make a host in a catalog.' })
  async createHost(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateHostInput, input) asked: inputs.CreateHostInput,
  ): Promise<{ host: Host | null }> {
    return { host: await request.write('createHost', (ctx) => createHost(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateHostPayload, {
    description: 'Change a host. Sessions that go to it keep the address they were authorized for.',
  })
  async updateHost(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateHostInput, input) asked: inputs.UpdateHostInput,
  ): Promise<{ host: Host | null }> {
    return { host: await request.write('updateHost', (ctx) => updateHost(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteHostPayload, {
    description: 'Delete a host and take it from its sets. Sessions that go to it end.',
  })
  deleteHost(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteHostInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteHost', (ctx) => deleteHost(ctx, asked));
  }
}

@Resolver()
export class HostSetMutations {
  @Mutation(() => payloads.CreateHostSetPayload, { description: 'Make an empty host set in a catalog.' })
  async createHostSet(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateHostSetInput, input) asked: inputs.CreateHostSetInput,
  ): Promise<{ hostSet: HostSet | null }> {
    return { hostSet: await request.write('createHostSet', (ctx) => createHostSet(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateHostSetPayload, { description: 'Rename or describe a host set.' })
  async updateHostSet(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateHostSetInput, input) asked: inputs.UpdateHostSetInput,
  ): Promise<{ hostSet: HostSet | null }> {
    return { hostSet: await request.write('updateHostSet', (ctx) => updateHostSet(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteHostSetPayload, {
    description: 'Delete a host set and take it from its targets. Sessions that came by it end.',
  })
  deleteHostSet(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteHostSetInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteHostSet', (ctx) => deleteHostSet(ctx, asked));
  }

  @Mutation(() => payloads.AddHostSetHostsPayload, { description: 'Add hosts of the same catalog to a set.' })
  async addHostSetHosts(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddHostSetHostsInput, input) asked: HostsChange,
  ): Promise<{ hostSet: HostSet | null }> {
    return { hostSet: await request.write('addHostSetHosts', (ctx) => changeSetHosts(ctx, 'add', asked)) };
  }

  @Mutation(() => payloads.SetHostSetHostsPayload, {
    description: 'Say which hosts a set has; none empties it.',
  })
  async setHostSetHosts(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetHostSetHostsInput, input) asked: HostsChange,
  ): Promise<{ hostSet: HostSet | null }> {
    return { hostSet: await request.write('setHostSetHosts', (ctx) => changeSetHosts(ctx, 'set', asked)) };
  }

  @Mutation(() => payloads.RemoveHostSetHostsPayload, { description: 'Take hosts out of a set.' })
  async removeHostSetHosts(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveHostSetHostsInput, input) asked: HostsChange,
  ): Promise<{ hostSet: HostSet | null }> {
    const hostSet = await request.write('removeHostSetHosts', (ctx) => changeSetHosts(ctx, 'remove', asked));
    return { hostSet };
  }
}

import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { CreateInput, deleteInput, membersInput, UpdateInput } from '../api/change.input.js';
import type {
  CreateHostCatalogInput as NewCatalog,
  UpdateHostCatalogInput as CatalogPatch,
} from './change-host-catalog.js';
import type { CreateHostSetInput as NewSet, UpdateHostSetInput as SetPatch } from './change-host-set.js';
import type { CreateHostInput as NewHost, UpdateHostInput as HostPatch } from './change-host.js';
import { ResourcePageArgs } from '../scope/resource.input.js';
import type { CatalogArgs } from './list-hosts.js';

@ArgsType()
export class CatalogListArgs extends ResourcePageArgs implements CatalogArgs {
  @Field(() => ID, { description: 'Host catalog to list.' })
  hostCatalogId!: string;
}

@InputType('CreateHostCatalogInput', { description: 'Makes a host catalog in a project.' })
export class CreateHostCatalogInput extends CreateInput implements NewCatalog {
  @Field(() => ID, { description: 'Project it is to live in.' })
  scopeId!: string;
}

@InputType('UpdateHostCatalogInput', { description: 'Changes a host catalog.' })
export class UpdateHostCatalogInput extends UpdateInput implements CatalogPatch {}

export const DeleteHostCatalogInput = deleteInput(
  'DeleteHostCatalogInput',
  'a host catalog with its hosts and host sets',
);

@InputType('CreateHostInput', { description: 'Makes a host in a catalog.' })
export class CreateHostInput extends CreateInput implements NewHost {
  @Field(() => ID, { description: 'Catalog it is to belong to.' })
  hostCatalogId!: string;

  @Field(() => String, { description: 'Host name or IP, without a port.' })
  address!: string;
}

@InputType('UpdateHostInput', { description: 'Changes a host.' })
export class UpdateHostInput extends UpdateInput implements HostPatch {
  @Field(() => String, { nullable: true, description: 'Host name or IP, without a port.' })
  address?: string | null;
}

export const DeleteHostInput = deleteInput('DeleteHostInput', 'a host');

@InputType('CreateHostSetInput', { description: 'Makes a host set in a catalog.' })
export class CreateHostSetInput extends CreateInput implements NewSet {
  @Field(() => ID, { description: 'Catalog it is to belong to.' })
  hostCatalogId!: string;
}

@InputType('UpdateHostSetInput', { description: 'Changes a host set.' })
export class UpdateHostSetInput extends UpdateInput implements SetPatch {}

export const DeleteHostSetInput = deleteInput('DeleteHostSetInput', 'a host set');

export const AddHostSetHostsInput = membersInput('AddHostSetHostsInput', 'hostIds', 'Hosts to add');
export const SetHostSetHostsInput = membersInput(
  'SetHostSetHostsInput',
  'hostIds',
  'The hosts it is to have',
);
export const RemoveHostSetHostsInput = membersInput(
  'RemoveHostSetHostsInput',
  'hostIds',
  'Hosts to take out',
);

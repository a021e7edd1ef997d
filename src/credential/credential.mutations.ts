import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import {
  createCredentialStore,
  deleteCredentialStore,
  updateCredentialStore,
} from './change-credential-store.js';
import {
  deleteCredential,
  makeCredential,
  prepareChange,
  prepareCredential,
  updateCredential,
  type CreateCredentialInput,
} from './change-credential.js';
import type { CredentialStore } from './credential-store.entity.js';
import type { Credential } from './credential.entity.js';
import * as inputs from './credential.input.js';
import * as payloads from './credential.payload.js';
import type { CredentialType } from './credential.rules.js';

/** The request, with what seals secrets. */
export interface CredentialRequest extends Request {
  readonly secrets: SecretKeeper;
}

const input = { description: 'Input.' };

@Resolver()
export class CredentialStoreMutations {
  @Mutation(() => payloads.CreateCredentialStorePayload, {
    description: 'Make a credential store in a project.',
  })
  async createCredentialStore(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateCredentialStoreInput, input) asked: inputs.CreateCredentialStoreInput,
  ): Promise<{ credentialStore: CredentialStore | null }> {
    const work = 'createCredentialStore';
    return { credentialStore: await request.write(work, (ctx) => createCredentialStore(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateCredentialStorePayload, {
    description: 'Rename or describe a credential store.',
  })
  async updateCredentialStore(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateCredentialStoreInput, input) asked: inputs.UpdateCredentialStoreInput,
  ): Promise<{ credentialStore: CredentialStore | null }> {
    const work = 'updateCredentialStore';
    return { credentialStore: await request.write(work, (ctx) => updateCredentialStore(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteCredentialStorePayload, {
    description:
      'Delete a credential store with its credentials. Targets hand them out no more; sessions go on.',
  })
  deleteCredentialStore(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteCredentialStoreInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteCredentialStore', (ctx) => deleteCredentialStore(ctx, asked));
  }
}

type Made = Promise<{ credential: Credential | null }>;

async function make(
  request: CredentialRequest,
  operation: string,
  type: CredentialType,
  asked: CreateCredentialInput,
): Made {
  const credential = await request.writeAfter(
    operation,
    (ctx) => prepareCredential(ctx, type, asked),
    (ctx, parts) => makeCredential(ctx, request.secrets, type, asked, parts),
  );
  return { credential };
}

@Resolver()
export class CredentialMutations {
  @Mutation(() => payloads.CreateUsernamePasswordCredentialPayload, {
    description: 'Make a credential of a user name and a password.',
  })
  createUsernamePasswordCredential(
    @Ctx() request: CredentialRequest,
    @Arg('input', () => inputs.CreateUsernamePasswordCredentialInput, input)
    asked: inputs.CreateUsernamePasswordCredentialInput,
  ): Made {
    return make(request, 'createUsernamePasswordCredential', 'username_password', asked);
  }

  @Mutation(() => payloads.CreateUsernamePasswordDomainCredentialPayload, {
    description: 'Make a credential of a user name and a password in a domain.',
  })
  createUsernamePasswordDomainCredential(
    @Ctx() request: CredentialRequest,
    @Arg('input', () => inputs.CreateUsernamePasswordDomainCredentialInput, input)
    asked: inputs.CreateUsernamePasswordDomainCredentialInput,
  ): Made {
    return make(request, 'createUsernamePasswordDomainCredential', 'username_password_domain', asked);
  }

  @Mutation(() => payloads.CreatePasswordCredentialPayload, {
    description: 'Make a credential of a password alone.',
  })
  createPasswordCredential(
    @Ctx() request: CredentialRequest,
    @Arg('input', () => inputs.CreatePasswordCredentialInput, input)
    asked: inputs.CreatePasswordCredentialInput,
  ): Made {
    return make(request, 'createPasswordCredential', 'password', asked);
  }

  @Mutation(() => payloads.CreateSshPrivateKeyCredentialPayload, {
    description: 'Make a credential of a user name and a private key for ssh.',
  })
  createSshPrivateKeyCredential(
    @Ctx() request: CredentialRequest,
    @Arg('input', () => inputs.CreateSshPrivateKeyCredentialInput, input)
    asked: inputs.CreateSshPrivateKeyCredentialInput,
  ): Made {
    return make(request, 'createSshPrivateKeyCredential', 'ssh_private_key', asked);
  }

  @Mutation(() => payloads.CreateJsonCredentialPayload, {
    description: 'Make a credential of an object of JSON.',
  })
  createJsonCredential(
    @Ctx() request: CredentialRequest,
    @Arg('input', () => inputs.CreateJsonCredentialInput, input) asked: inputs.CreateJsonCredentialInput,
  ): Made {
    return make(request, 'createJsonCredential', 'json', asked);
  }

  @Mutation(() => payloads.UpdateCredentialPayload, {
    description: 'Change a credential, or give it another secret. Sessions keep what they were handed.',
  })
  async updateCredential(
    @Ctx() request: CredentialRequest,
    @Arg('input', () => inputs.UpdateCredentialInput, input) asked: inputs.UpdateCredentialInput,
  ): Made {
    const credential = await request.writeAfter(
      'updateCredential',
      (ctx) => prepareChange(ctx, asked),
      (ctx, parts) => updateCredential(ctx, request.secrets, asked, parts),
    );
    return { credential };
  }

  @Mutation(() => payloads.DeleteCredentialPayload, {
    description: 'Delete a credential with its secret. Targets hand it out no more; sessions go on.',
  })
  deleteCredential(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteCredentialInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteCredential', (ctx) => deleteCredential(ctx, asked));
  }
}

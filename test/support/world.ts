import { randomText } from '../../src/core/id';
import { silentLog, type Log } from '../../src/core/log';
import type { Flags } from '../../src/settings';
import { mutationDocument } from './schema-walk';
import { makeTarget } from './session-client';
import { startTestServer, type Answer, type PartialLimits, type TestServer } from './test-server';

/** A server on which nobody but the administrator holds anything, so that each user has what its test grants. */
export interface World {
  readonly server: TestServer;
  readonly admin: string;
  /** Secrets that were given or taken, none of which may be kept anywhere as it is. */
  readonly secrets: string[];
  /** Runs a mutation by its name. */
  run(mutation: string, input: object, token?: string | null): Promise<Answer>;
  /** Runs a mutation as the administrator, which must work; the resource in its answer. */
  made(mutation: string, input: object): Promise<any>;
}

export const project = 'p_1234567890';
export const org = 'o_1234567890';
/** Another org with a project, which nothing of the first knows of. */
export const elsewhere = { org: 'o_elsewhere0', project: 'p_elsewhere0' };

export async function startWorld(
  limits: PartialLimits = {},
  flags: Flags = {},
  log: Log = silentLog,
): Promise<World> {
  const server = await startTestServer(flags, {}, undefined, log, limits);
  const admin = await server.signIn();
  const { sql } = server.database;
  await sql(`delete from role_principal where principal_id in ('u_anon', 'u_auth')`);
  await sql(
    `insert into scope (id, type, parent_id) values ('${elsewhere.org}', 'org', 'global'), ('${elsewhere.project}', 'project', '${elsewhere.org}')`,
  );
  const secrets: string[] = [admin, firstPassword, secondPassword];
  const run: World['run'] = async (mutation, input, token = admin) => {
    const answer = await server.ask(mutationDocument(mutation), { input }, token);
    secrets.push(...(JSON.stringify(answer).match(/\b(?:postern_)?[a-z]+_\w{10}_\w{32,}/g) ?? []));
    return answer;
  };
  return {
    server,
    admin,
    secrets,
    run,
    async made(mutation, input) {
      const { data, errors } = await run(mutation, input);
      expect({ mutation, input, errors }).toEqual({ mutation, input, errors: undefined });
      return Object.values(data![mutation] as object)[0];
    },
  };
}

export async function newCatalog({ made }: World): Promise<string> {
  return (await made('createHostCatalog', { scopeId: project })).id as string;
}

export async function newHost(world: World, hostCatalogId?: string): Promise<string> {
  const input = { hostCatalogId: hostCatalogId ?? (await newCatalog(world)), address: '127.0.0.1' };
  return (await world.made('createHost', input)).id as string;
}

/** A host set with one host in it, and another host of its catalog. */
export async function newHostSet(
  world: World,
): Promise<{ id: string; version: number; hostId: string; otherId: string }> {
  const hostCatalogId = await newCatalog(world);
  const [hostId, otherId] = [await newHost(world, hostCatalogId), await newHost(world, hostCatalogId)];
  const { id } = await world.made('createHostSet', { hostCatalogId });
  await world.made('addHostSetHosts', { id, expectedVersion: 1, hostIds: [hostId] });
  return { id, version: 2, hostId, otherId };
}

export function newTarget({ server }: World): Promise<string> {
  return makeTarget(server, 22);
}

/** A session of the administrator's, with the token that redeems it. */
export async function newSession({ server, admin, secrets }: World): Promise<{ id: string; token: string }> {
  const { data } = await server.ask(
    `mutation { authorizeSession(input: { targetId: "ttcp_1234567890" }) { session { id } authorization { token } } }`,
    {},
    admin,
  );
  const { session, authorization } = data!['authorizeSession'];
  secrets.push(authorization.token);
  return { id: session.id, token: authorization.token };
}

interface Made {
  readonly id: string;
  readonly version: number;
}

async function newInOrg({ made }: World, mutation: string): Promise<Made> {
  const { id } = await made(mutation, { scopeId: org, name: randomText(12) });
  return { id, version: 1 };
}

export const newUserOf = (world: World): Promise<Made> => newInOrg(world, 'createUser');
/** A user for programs, in the org. */
export async function newServiceUser({ made }: World): Promise<Made> {
  const { id } = await made('createUser', { scopeId: org, name: randomText(12), type: 'SERVICE' });
  return { id, version: 1 };
}
export const newGroup = (world: World): Promise<Made> => newInOrg(world, 'createGroup');
export const newRole = (world: World): Promise<Made> => newInOrg(world, 'createRole');

export async function newAuthMethod({ made }: World): Promise<string> {
  return (await made('createAuthMethod', { scopeId: org })).id as string;
}

/** Passwords that stand nowhere else, so that they are found wherever they were kept. */
export const [firstPassword, secondPassword] = ['first-correct-horse', 'second-correct-horse'];

/** An account of the org without a user, of an auth method of its own: a user has one of each. */
export async function newAccount(world: World): Promise<string> {
  const input = { loginName: randomText(12).toLowerCase(), password: firstPassword };
  const authMethodId = await newAuthMethod(world);
  return (await world.made('createAccount', { ...input, authMethodId })).id as string;
}

/** A project, or an org where that is asked for in global; in it nobody has a role. */
export async function newScope({ made }: World, scopeId = org): Promise<string> {
  const input = { scopeId, skipAdminRoleCreation: true, skipDefaultRoleCreation: true };
  return (await made('createScope', input)).id as string;
}

export async function newAlias({ made }: World): Promise<string> {
  return (await made('createAlias', { scopeId: 'global', value: `${randomText(9)}.corp` })).id as string;
}

/** A worker that has not been heard of for long. */
export async function newWorker({ server }: World): Promise<Made> {
  const id = `w_${randomText(10)}`;
  await server.database.sql(
    `insert into worker (id, name, address, thumbprint, boot_id, last_seen_at)
     values ($1, $2, '127.0.0.1:1', $3, 'boot_0000000000', postern_now() - interval '1 day')`,
    [id, randomText(12).toLowerCase(), 'A'.repeat(43)],
  );
  return { id, version: 1 };
}

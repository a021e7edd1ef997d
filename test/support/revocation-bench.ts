import type { DataSource } from 'typeorm';
import { endTokensOfRemoved, signOutDisabled } from '../../src/auth/end-tokens';
import { releaseOfRemoved } from '../../src/auth/release-accounts';
import type { Actor, Call } from '../../src/core/ctx';
import { randomText } from '../../src/core/id';
import { silentLog } from '../../src/core/log';
import { makeCall } from '../../src/db/call';
import { openDataSource } from '../../src/db/data-source';
import { openDatabase, type Database } from '../../src/db/database';
import { entities } from '../../src/entities';
import { numberEvents } from '../../src/events/event.store';
import { loadAcl } from '../../src/role/load-acl';
import type { SecretKeeper } from '../../src/seal/secret-keeper';
import { authorizeSession } from '../../src/session/authorize-session';
import { endRemoved } from '../../src/session/end-removed';
import { judgeSessions } from '../../src/session/judge-sessions';
import { authorizeGrant } from './access-place';
import { grantTo, newUser } from './identities';
import { eventually } from './session-client';
import { createTestDatabase, type TestDatabase } from './test-database';

/** The control plane without a server: nothing numbers events or judges sessions but the test. */
export interface Bench {
  readonly fixture: TestDatabase;
  readonly database: Database;
  readonly admin: Actor;
  call(actor: Actor, through?: Database): Call;
  /** Numbers all events, judges until nothing is left to judge, and numbers what came of it. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const projectId = 'p_1234567890';

export async function openBench(): Promise<Bench> {
  const fixture = await createTestDatabase();
  const { database, source } = await openOn(fixture);
  await fixture.sql(
    `insert into worker (id, name, address, thumbprint, boot_id) values ('w_bench00000', 'bench', '127.0.0.1:1', $1, 'boot_0000000000')`,
    ['A'.repeat(43)],
  );
  await fixture.sql(`delete from role_principal where principal_id in ('u_anon', 'u_auth')`);
  await fixture.sql(`update worker set last_seen_at = postern_now() + interval '1 day'`);
  const bench: Bench = {
    fixture,
    database,
    admin: userActor({ id: 'u_1234567890', tokenId: 'at_none00000' }),
    call: (actor, through = database) =>
      makeCall({ database: through, log: silentLog, loadAcl }, { actor, clientAddress: null }),
    async settle() {
      await numberEvents(database.reader, 10_000);
      while ((await judgeSessions(database)) === 'more');
      await numberEvents(database.reader, 10_000);
    },
    async close() {
      await source.destroy();
      await fixture.drop();
    },
  };
  await bench.settle();
  return bench;
}

async function openOn({ url }: TestDatabase): Promise<{ database: Database; source: DataSource }> {
  const source = await openDataSource(
    { url, poolSize: 8, statementTimeoutMs: 10_000, applicationName: 'test', clockShift: null },
    entities,
  );
  const guard = { check: () => Promise.resolve() };
  const reactors = [releaseOfRemoved, endTokensOfRemoved, signOutDisabled, endRemoved];
  return { source, database: openDatabase({ source, guard, reactors, onFacts: () => {} }) };
}

function userActor({ id, tokenId }: { id: string; tokenId: string }): Actor {
  const accountId = id.replace('u_', 'acctpw_');
  return {
    kind: 'user',
    userId: id,
    userName: id,
    accountId,
    tokenId,
    tokenExpiresAt: '2100-01-01T00:00:00Z',
    isReadOnly: false,
  };
}

/** A target with an address or a host, and a user who may ask for a session on it by a group: all of its own. */
export interface Way {
  readonly targetId: string;
  readonly hostCatalogId: string;
  readonly hostSetId: string;
  readonly hostId: string;
  readonly roleId: string;
  readonly groupId: string;
  readonly user: Actor & { readonly kind: 'user' };
  readonly token: string;
}

export async function newWay({ fixture }: Bench, goesBy: 'address' | 'hosts' = 'address'): Promise<Way> {
  const { sql } = fixture;
  const tag = randomText(10);
  const [targetId, hostCatalogId, hostSetId, hostId] = [
    `ttcp_${tag}`,
    `hcst_${tag}`,
    `hsst_${tag}`,
    `hst_${tag}`,
  ];
  const { id, token, tokenId } = await newUser({ database: fixture });
  await sql('insert into target (id, scope_id, name, address, default_port) values ($1, $2, $3, $4, 22)', [
    ...[targetId, projectId, tag, goesBy === 'address' ? '10.0.0.1' : null],
  ]);
  await sql('insert into host_catalog (id, scope_id) values ($1, $2)', [hostCatalogId, projectId]);
  const inCatalog = [hostCatalogId, projectId];
  await sql('insert into host_set (id, host_catalog_id, scope_id) values ($1, $2, $3)', [
    hostSetId,
    ...inCatalog,
  ]);
  await sql(`insert into host (id, host_catalog_id, scope_id, address) values ($1, $2, $3, '10.0.0.1')`, [
    ...[hostId, ...inCatalog],
  ]);
  await sql('insert into host_set_member values ($1, $2, $3)', [hostSetId, hostId, hostCatalogId]);
  if (goesBy === 'hosts')
    await sql('insert into target_host_source values ($1, $2, $3)', [targetId, hostSetId, projectId]);
  const groupId = `g_${tag}`;
  await sql('insert into iam_group (id, scope_id) values ($1, $2)', [groupId, projectId]);
  await sql('insert into group_member values ($1, $2)', [groupId, id]);
  const roleId = await grantTo({ database: fixture }, groupId, {
    ...{ scope: projectId, grants: [authorizeGrant, 'ids=*;type=session;actions=list,read'] },
  });
  const user = userActor({ id, tokenId }) as Way['user'];
  return { targetId, hostCatalogId, hostSetId, hostId, roleId, groupId, user, token };
}

// None of these targets has credentials.
const opener = { log: silentLog, secrets: null as unknown as SecretKeeper };

/** The user of a way asks for a session on its target; null when that is refused. */
export async function askForSession(bench: Bench, way: Way, through?: Database): Promise<string | null> {
  const settings = { workerLivenessMs: 15_000, detachedTtlSeconds: 300, mostOfUser: 1000 };
  const asking = bench
    .call(way.user, through)
    .write('authorizeSession', (ctx) => authorizeSession(ctx, { targetId: way.targetId }, settings, opener));
  return asking.then(
    ({ session }) => session.id,
    () => null,
  );
}

/** Waits until some work is done, or waits for a lock that only others can give up. */
export async function doneOrWaiting({ fixture }: Bench, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  void work.finally(() => (isDone = true)).catch(() => {});
  await eventually('the work to be done, or to wait', async () => {
    if (isDone) return true;
    const rows = await fixture.sql(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return isDone || rows.length > 0;
  });
}

/** Where the sessions on a target go, and how they ended, or that they have not. */
export async function sessionsOn(
  { fixture }: Bench,
  targetId: string,
): Promise<{ id: string; endpoint: string; status: string; reason: string | null }[]> {
  return fixture.sql(
    `select id, endpoint_host as endpoint, status, termination_reason as reason from session where target_id = $1
     order by created_at, id`,
    [targetId],
  );
}

import { join } from 'node:path';
import { isPassword } from '../../src/auth/password-hash';
import { ConfigFailure } from '../../src/config/config-fault';
import {
  demo,
  demoAddresses,
  growth,
  literally,
  openConfigDatabase,
  type ConfigDatabase,
} from '../support/config-database';

let db: ConfigDatabase;
beforeEach(async () => {
  db = await openConfigDatabase();
});
afterEach(() => db.close());

describe('applying the demo', () => {
  test('creates everything it declares, once', async () => {
    const before = await db.everything();
    await expect(db.apply()).resolves.toBe(demoAddresses.length);
    expect(growth(before, await db.everything())).toEqual({
      scope: 2,
      auth_method: 1,
      iam_user: 1,
      account: 1,
      account_password: 1,
      role: 2,
      role_principal: 2,
      role_grant: 8,
      role_grant_scope: 2,
      host_catalog: 1,
      host: 2,
      host_set: 1,
      host_set_member: 2,
      target: 2,
      target_host_source: 1,
      credential_store: 1,
      credential: 1,
      credential_secret: 1,
      target_credential_source: 1,
      config_address: demoAddresses.length,
      audit: 1,
    });
  });

  test('puts each resource where it belongs', async () => {
    await db.apply();
    await db.one(
      `select 1 from scope o join scope p on p.parent_id = o.id
       join auth_method m on m.scope_id = o.id and m.id = o.primary_auth_method_id
       where o.name = 'IT_Support' and o.description = 'IT Support Team' and o.parent_id = 'global'
         and p.name = 'QA_Tests' and m.name = 'password'`,
    );
    const sourced = await db.one<{ addresses: string[]; address: string | null; port: number }>(
      `select t.address, t.default_port as port, array_agg(h.address || ' ' || h.name order by h.name) as addresses
       from target t
       join target_host_source s on s.target_id = t.id
       join host_set_member m on m.host_set_id = s.host_set_id
       join host h on h.id = m.host_id
       join host_catalog c on c.id = h.host_catalog_id and c.name = 'DevOps' and c.scope_id = t.scope_id
       where t.name = 'tests' group by t.id`,
    );
    expect(sourced).toEqual({
      address: null,
      port: 16001,
      addresses: ['127.0.0.1 localhost', '127.0.0.1 postgres'],
    });
    await db.one(`select 1 from target where name = 'postgres' and address = '127.0.0.1'`);
  });

  test('seals the password of the demo database for its target by address', async () => {
    await db.apply();
    const {
      username,
      sealed,
      id,
      data_key_id: dataKeyId,
    } = await db.one<Record<string, string>>(
      `select c.id, c.username, k.sealed, k.data_key_id from target t
       join target_credential_source x on x.target_id = t.id join credential c on c.id = x.credential_id
       join credential_secret k on k.credential_id = c.id join credential_store w on w.id = c.credential_store_id
       where t.name = 'postgres' and w.name = 'databases' and w.scope_id = t.scope_id and c.password_hmac is not null`,
    );
    expect({ username, id, sealed }).toEqual({
      username: 'postgres',
      id: expect.stringMatching(/^credup_/),
      sealed: expect.stringMatching(`^${dataKeyId}\\.`),
    });
  });

  test('lets the tester sign in with the password of the file', async () => {
    await db.apply();
    const { hash, user_name } = await db.one<{ hash: string; user_name: string }>(
      `select p.hash, u.name as user_name from account a
       join account_password p on p.account_id = a.id join iam_user u on u.id = a.user_id
       where a.login_name = 'tester'`,
    );
    expect(user_name).toBe('tester');
    await expect(isPassword(hash, 'password')).resolves.toBe(true);
  });

  test('gives roles their principals, built-in ones too, and their grants', async () => {
    await db.apply();
    const roles = await db.sql<{ name: string; principal: string; grants: string; scopes: string[] }>(
      `select r.name, coalesce(u.name, p.principal_id) as principal,
         (select count(*) from role_grant g where g.role_id = r.id) as grants,
         (select array_agg(grant_scope) from role_grant_scope g where g.role_id = r.id) as scopes
       from role r join role_principal p on p.role_id = r.id left join iam_user u on u.id = p.principal_id
       where r.id in (select resource_id from config_address) order by r.name`,
    );
    expect(roles).toEqual([
      {
        name: 'Login and Default Grants',
        principal: expect.stringMatching(/^(u_anon|anonymous)$/),
        grants: '4',
        scopes: ['this'],
      },
      { name: 'testers', principal: 'tester', grants: '4', scopes: ['this'] },
    ]);
  });

  test('makes a target as it is said to be', async () => {
    const last = 'brokered_credentials = [credential_store.databases.credential.postgres]';
    await db.apply(db.changedDemo(last, `${last}\n      on_permission_loss   = "keep"`));
    const rows = await db.sql(
      'select name, on_permission_loss from target where id in (select resource_id from config_address) order by name',
    );
    expect(rows).toEqual([
      { name: 'postgres', on_permission_loss: 'keep' },
      { name: 'tests', on_permission_loss: 'cancel' },
    ]);
  });

  test('keeps the id of every address', async () => {
    await db.apply();
    const rows = await db.sql<{ address: string; manager: string }>(
      'select address, manager from config_address',
    );
    expect(rows.map((row) => row.address).sort()).toEqual(demoAddresses);
    expect(new Set(rows.map((row) => row.manager))).toEqual(new Set(['demo']));
  });

  test('leaves one audit row, which names what was created and no secret', async () => {
    const last = await db.one<{ id: string }>('select coalesce(max(id), 0) as id from audit');
    await db.apply();
    const row = await db.one<Record<string, unknown> & { after: { created: string[] } }>(
      'select * from audit where id > $1',
      [last.id],
    );
    expect(row).toMatchObject({
      actor_kind: 'system',
      actor_id: 'config demo',
      operation: 'applyConfig',
      resource_type: 'config',
      outcome: 'done',
      error_code: null,
    });
    expect([...row.after.created].sort()).toEqual(demoAddresses);
    expect(JSON.stringify(row)).not.toMatch(/argon2|secret/);
  });

  test('makes of YAML what it makes of HCL', async () => {
    await db.apply();
    await expect(db.apply(join(demo, '..', 'demo.yaml'))).resolves.toBe(0);
  });
});

describe('applying it again', () => {
  test.each([
    ['when all is as it was', []],
    [
      'after a password was changed',
      [
        `update account_password set hash = (select hash from account_password p
           join account a on a.id = p.account_id where a.login_name = 'user')
         where account_id = (select id from account where login_name = 'tester')`,
      ],
    ],
    [
      'after names and addresses were edited',
      [
        `update target set name = 'renamed', default_port = 5432 where name = 'tests'`,
        `update scope set name = 'renamed' where name = 'QA_Tests'`,
        `update host set address = '10.0.0.1' where name = 'localhost'`,
      ],
    ],
    [
      'after a host was deleted',
      [`delete from host where name = 'localhost' and id in (select resource_id from config_address)`],
    ],
    [
      'after grants and principals were taken away',
      [
        `delete from role_grant where role_id = (select id from role where name = 'testers')`,
        `delete from role_principal where role_id = (select id from role where name = 'testers')`,
      ],
    ],
    ['after the whole org was deleted', [`delete from scope where name = 'IT_Support'`]],
  ])('%s, changes nothing', async (_, statements) => {
    await db.apply();
    for (const sql of statements) await db.sql(sql);
    const before = await db.everything();
    await expect(db.apply()).resolves.toBe(0);
    expect(await db.everything()).toEqual(before);
  });

  test('needs no secret of what is there already', async () => {
    await db.apply();
    const file = db.changedDemo('secret("file://secrets/tester-password")', 'secret("env://NOT_SET")');
    await expect(db.apply(file)).resolves.toBe(0);
  });

  test('under another manager is refused for its names, and nothing is written', async () => {
    await db.apply();
    const before = await db.everything();
    const file = db.changedDemo('manager = "demo"', 'manager = "other"');
    await expect(db.apply(file)).rejects.toThrow(ConfigFailure);
    expect(await db.everything()).toEqual(before);
  });
});

describe('adding to it', () => {
  test('a block creates that block only', async () => {
    await db.apply();
    const before = await db.everything();
    const file = db.changedDemo(
      '    target "tcp" "tests" {',
      `    target "tcp" "shell" {
      name         = "shell"
      default_port = 22
      host_sources = [host_catalog.devops.host_set.test_machines]
    }

    target "tcp" "tests" {`,
    );
    await expect(db.apply(file)).resolves.toBe(1);
    const after = await db.everything();
    expect(growth(before, after)).toEqual({ target: 1, target_host_source: 1, config_address: 1, audit: 1 });
    for (const [table, rows] of Object.entries(before))
      expect(after[table]).toEqual(expect.arrayContaining([...rows]));
    await db.one(
      `select 1 from target t join target_host_source s on s.target_id = t.id
       join host_set h on h.id = s.host_set_id where t.name = 'shell' and h.name = 'test-machines'`,
    );
    await expect(db.apply(file)).resolves.toBe(0);
  });

  test('a block in a container that was deleted is refused with its address', async () => {
    await db.apply();
    await db.sql(`delete from host_catalog where name = 'DevOps'`);
    const before = await db.everything();
    const file = db.changedDemo(
      '      host "localhost" {',
      '      host "another" {\n        address = "127.0.0.1"\n      }\n\n      host "localhost" {',
    );
    const address = 'org.it_support.project.qa_tests.host_catalog.devops.host.another';
    await expect(db.apply(file)).rejects.toThrow(
      new RegExp(`^${literally(`${file}: ${address}: `)}[a-z ]+ must exist$`),
    );
    expect(await db.everything()).toEqual(before);
  });

  test('the same attribute in the same place as ever does not make it new', async () => {
    await db.apply();
    const file = db.changedDemo('"Test target"', '"Another description"');
    await expect(db.apply(file)).resolves.toBe(0);
    await db.one(`select 1 from target where name = 'tests' and description = 'Test target'`);
  });
});

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

describe('what cannot be created', () => {
  test('for an org of the same name made by hand is told with file and address, and nothing is written', async () => {
    await db.sql(
      `insert into scope (id, type, parent_id, name) values ('o_byhand0001', 'org', 'global', 'IT_Support')`,
    );
    const before = await db.everything();
    const refused = db.apply();
    await expect(refused).rejects.toThrow(ConfigFailure);
    const sentence = `${demo}: org.it_support: scope name must be unique in its parent`;
    await expect(refused).rejects.toThrow(new RegExp(`^${literally(sentence)}$`));
    expect(await db.everything()).toEqual(before);
  });

  test('for a name that clashes late undoes what was created before it', async () => {
    await db.apply();
    await db.sql(
      `insert into target (id, scope_id, name, default_port, address)
       select 'ttcp_byhand0001', id, 'shell', 22, '127.0.0.1' from scope where name = 'QA_Tests'`,
    );
    const before = await db.everything();
    const file = db.changedDemo(
      '    target "tcp" "tests" {',
      `    host_catalog "static" "more" {
      host "one" {
        address = "127.0.0.1"
      }
    }

    target "tcp" "shell" {
      default_port = 22
      address      = "127.0.0.1"
    }

    target "tcp" "tests" {`,
    );
    await expect(db.apply(file)).rejects.toThrow(
      `${file}: org.it_support.project.qa_tests.target.shell: target name must be unique in its project`,
    );
    expect(await db.everything()).toEqual(before);
  });

  test.each([
    [
      'a host set of another project',
      `  project "other" {
    target "tcp" "shell" {
      default_port = 22
      host_sources = [org.it_support.project.qa_tests.host_catalog.devops.host_set.test_machines]
    }
  }

  project "qa_tests" {`,
      'org.it_support.project.other.target.shell',
      /must be in the same project$/,
    ],
    [
      'a grant scope that is none',
      `  role "odd" {
    grants       = ["ids=*;type=target;actions=list"]
    grant_scopes = ["everywhere"]
  }

  project "qa_tests" {`,
      'org.it_support.role.odd',
      /grant scope must be known$/,
    ],
  ])('for %s is told with its address', async (_, block, address, rule) => {
    const before = await db.everything();
    const file = db.changedDemo('  project "qa_tests" {', block);
    const refused = db.apply(file);
    await expect(refused).rejects.toThrow(ConfigFailure);
    await expect(refused).rejects.toThrow(new RegExp(`^${literally(`${file}: ${address}: `)}`));
    await expect(refused).rejects.toThrow(rule);
    expect(await db.everything()).toEqual(before);
  });

  test('for want of a secret is told before anything is written', async () => {
    const before = await db.everything();
    const file = db.changedDemo('secret("file://secrets/tester-password")', 'secret("env://NOT_SET")');
    await expect(db.apply(file)).rejects.toThrow('the environment variable NOT_SET is not set');
    expect(await db.everything()).toEqual(before);
  });
});

// Two controllers of one database that start together.
test('two that apply the same at once create everything once, and neither fails', async () => {
  const before = await db.everything();
  const created = await Promise.all([db.apply(), db.apply()]);
  expect(created.sort((a, b) => a - b)).toEqual([0, demoAddresses.length]);
  expect(growth(before, await db.everything())).toMatchObject({
    scope: 2,
    target: 2,
    config_address: demoAddresses.length,
  });
});

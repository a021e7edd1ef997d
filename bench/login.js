// What 500 sign-ins a second of all kinds (bench/support/login-flood.js) do to everybody else: the slowest hundredth of
// requests that come evenly, with and without the flood, by turns. Once with the limits of sign-ins as they are by
// default, and once without any, where the line for hashing alone stands between.
//   npm run -s bench:login [-- --rounds 7 --seconds 10 --flood 500 --short]
const { fork } = require('node:child_process');
const { once } = require('node:events');
const { chmodSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { URL } = require('node:url');
const { parseArgs } = require('node:util');
const { hashPassword } = require('../dist/auth/password-hash.js');
const { startDatabases } = require('./support/databases.js');
const { run } = require('./support/installation.js');
const { pace, percentile } = require('./support/load.js');
const { median } = require('./support/transfer.js');
const { fillWorld } = require('./support/world.js');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '10' },
    /** Sign-ins a second. */
    flood: { type: 'string', default: '500' },
    /** One short round: shows that it runs, and measures nothing. */
    short: { type: 'boolean', default: false },
  },
});
const rounds = values.short ? 1 : Number(values.rounds);
const seconds = values.short ? 2 : Number(values.seconds);
const flood = Number(values.flood);
if (!(rounds >= 1 && seconds >= 1 && flood >= 1))
  throw new Error('--rounds, --seconds and --flood must be 1 or more');

const users = 200;
const targets = 5000;
const requestsPerSecond = 100;
const unlimited = {
  POSTERN_LOGIN_FAILURES: '0',
  POSTERN_LOGINS_PER_ADDRESS: '0',
  POSTERN_LOGINS_PER_NAME: '0',
  POSTERN_LOGINS: '0',
};
const places = { limited: {}, unlimited };

const fields = 'id version name description type address defaultPort scopeId createdAt authorizedActions';
const one = `query ($id: ID!) { target(id: $id) { ${fields} } }`;
const page = `{ targets(scopeId: "global", recursive: true, first: 25) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`;
// Three single reads to a page of 25.
const askedBy = (world) => (i) =>
  i % 4 === 3
    ? { query: page, variables: {} }
    : { query: one, variables: { id: world.target((i * 37) % targets) } };

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  chmodSync(folder, 0o755); // the user that PostgreSQL runs as passes through it
  const closers = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const databases = await startDatabases(folder);
    closers.push(() => databases.stop());
    const hash = await hashPassword('bench-password');
    const servers = {};
    for (const [name, env] of Object.entries(places))
      servers[name] = await startPlace(databases, folder, { name, env, hash }, closers);
    const attacker = fork(join(__dirname, 'support', 'login-flood.js'));
    closers.push(() => attacker.disconnect());
    print(await runRounds(servers, attacker));
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function startPlace(databases, folder, { name, env: more, hash }, closers) {
  const database = await databases.create(`bench_${name}`);
  closers.push(() => database.close());
  const world = await fillWorld(database.sql, { users, targets, sessions: 1000 });
  // A server behind a proxy refuses to start where anybody knows a password.
  await database.sql('delete from account_password');
  await database.sql(
    `insert into account_password (account_id, hash) select id, $1 from account where id like 'acctpw\\_bench%'`,
    [hash],
  );
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, ...more },
    ...{ DATABASE_URL: database.url, POSTERN_ROOT_KEY: databases.rootKey },
  };
  const args = [
    '--config',
    'none',
    '--data-dir',
    join(folder, name),
    '--log-level',
    'error',
    '--behind-proxy',
  ];
  const listeners = ['--api-listen-address', '127.0.0.1:0', '--proxy-listen-address', '127.0.0.1:0'];
  const preload = join(__dirname, 'support', 'count-usage.js');
  const server = run(['server', ...args, ...listeners], env, preload);
  closers.push(() => server.stop());
  const url = (await server.says(/API +(http:\S+\/graphql)/))[1];
  process.stderr.write(`${name} is there\n`);
  return { url, token: world.token(0), child: server.child, asked: askedBy(world) };
}

async function usageOf({ child }) {
  child.send('usage');
  return (await once(child, 'message'))[0];
}

/** Waits until a server has nothing to do: what waits for a hash is hashed after the flood, too. */
async function rest(server) {
  for (let idle = 0; idle < 3;) {
    const before = await usageOf(server);
    await new Promise((resolve) => setTimeout(resolve, 500));
    idle = (await usageOf(server)).cpuUs - before.cpuUs < 50_000 ? idle + 1 : 0;
  }
}

async function ask(server, forSeconds) {
  const before = await usageOf(server);
  const result = await pace(server, server.asked, { perSecond: requestsPerSecond, seconds: forSeconds });
  const usage = await usageOf(server);
  return { ...result, cpuShare: (usage.cpuUs - before.cpuUs) / 1e6 / result.seconds };
}

async function askInFlood(server, attacker, forSeconds) {
  const port = Number(new URL(server.url).port);
  attacker.send({ begin: { port, perSecond: flood, users } });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const result = await ask(server, forSeconds);
  attacker.send({ end: true });
  const [{ answers, perSecond }] = await once(attacker, 'message');
  await rest(server);
  return { ...result, answers, floodPerSecond: perSecond };
}

async function runRounds(servers, attacker) {
  const measured = Object.fromEntries(Object.keys(servers).map((name) => [name, { quiet: [], flooded: [] }]));
  for (const server of Object.values(servers)) await ask(server, values.short ? 1 : 5);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, server] of Object.entries(servers)) {
      measured[name].quiet.push(await ask(server, seconds));
      measured[name].flooded.push(await askInFlood(server, attacker, seconds));
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return measured;
}

function print(measured) {
  const figures = {};
  const ratios = {};
  const p99 = ({ times }) => percentile(times, 0.99);
  const p50 = ({ times }) => percentile(times, 0.5);
  for (const [name, { quiet, flooded }] of Object.entries(measured)) {
    for (const [kind, list] of Object.entries({ quiet, flooded })) {
      figures[`${name}_${kind}_p50_ms`] = round(median(list.map(p50)));
      figures[`${name}_${kind}_p99_ms`] = round(median(list.map(p99)));
      figures[`${name}_${kind}_server_cpu_share`] = round(median(list.map(({ cpuShare }) => cpuShare)));
    }
    figures[`${name}_flood_per_second`] = Math.round(
      median(flooded.map(({ floodPerSecond }) => floodPerSecond)),
    );
    figures[`${name}_answers`] = sumOf(flooded.map(({ answers }) => answers));
    ratios[`${name}_p99`] = round(median(flooded.map((one, i) => p99(one) / p99(quiet[i]))));
    ratios[`${name}_p50`] = round(median(flooded.map((one, i) => p50(one) / p50(quiet[i]))));
  }
  printTable(figures, ratios);
  console.log(JSON.stringify({ bench: 'login', figures, ratios }));
}

function sumOf(list) {
  const sum = {};
  for (const answers of list)
    for (const [key, count] of Object.entries(answers)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

function printTable(figures, ratios) {
  const cell = (text) => String(text).padStart(14);
  console.log(
    `\n${requestsPerSecond} requests a second, beside ${flood} sign-ins a second; median of ${rounds} rounds of ${seconds} s\n`,
  );
  console.log([''.padEnd(20), ...['p50 ms', 'p99 ms', 'server CPU'].map(cell)].join(''));
  for (const name of Object.keys(places)) {
    for (const kind of ['quiet', 'flooded']) {
      const of = (what) => figures[`${name}_${kind}_${what}`];
      console.log(
        [`${name}, ${kind}`.padEnd(20), of('p50_ms'), of('p99_ms'), of('server_cpu_share')]
          .map((one, i) => (i ? cell(one) : one))
          .join(''),
      );
    }
    console.log(`${''.padEnd(20)}${cell(`${ratios[`${name}_p50`]}×`)}${cell(`${ratios[`${name}_p99`]}×`)}`);
  }
  console.log('');
}

const round = (number) => Math.round(number * 100) / 100;

measure().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

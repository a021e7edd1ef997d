// Requests per second and their slowest hundredth, over HTTP, on 100, 10,000 and 100,000 sessions; how flat that
// is; how many statements each request takes; and a page of sessions beside resolvers that were written by hand.
//   npm run -s bench:api [-- --rounds 5 --sizes 100,10000,100000 --short]
const { fork } = require('node:child_process');
const { once } = require('node:events');
const { chmodSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { startDatabases } = require('./support/databases.js');
const { run } = require('./support/installation.js');
const { load, percentile } = require('./support/load.js');
const { median } = require('./support/transfer.js');
const { fillWorld } = require('./support/world.js');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '100,10000,100000' },
    /** Few rounds on small sizes: shows that it runs, and measures nothing. */
    short: { type: 'boolean', default: false },
  },
});
const rounds = values.short ? 1 : Number(values.rounds);
const sizes = (values.short ? '100,1000' : values.sizes).split(',').map(Number);
if (!(rounds >= 1 && sizes.every((size) => size >= 100)))
  throw new Error('--rounds must be 1 or more, and each of --sizes 100 or more');

const atOnce = 8;
const targets = 5000;
const sessionPage = `query ($first: Int!) {
  sessions(scopeId: "global", recursive: true, first: $first) {
    nodes {
      id status createdAt expiresAt endpoint bytesUp bytesDown authorizedActions
      user { id name }
      target { id name }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What is asked, and how often in a round. */
const operations = {
  target: {
    title: 'target(id)',
    query: `query ($id: ID!) {
      target(id: $id) { id version name description type address defaultPort scopeId createdAt authorizedActions }
    }`,
    variables: (world) => (i) => ({ id: world.target((i * 37) % targets) }),
    requests: 2000,
  },
  target_page: {
    title: '25 targets',
    query: `{
      targets(scopeId: "global", recursive: true, first: 25) {
        nodes { id version name description type address defaultPort scopeId createdAt authorizedActions }
        pageInfo { hasNextPage endCursor }
      }
    }`,
    variables: () => () => ({}),
    requests: 800,
  },
  session_page: {
    title: '100 sessions with user and target',
    query: sessionPage,
    variables: () => () => ({ first: 100 }),
    requests: 240,
  },
  authorize: {
    title: 'authorizeSession',
    query: `mutation ($input: AuthorizeSessionInput!) {
      authorizeSession(input: $input) { session { id status } authorization { token expiresAt } }
    }`,
    variables: (world) => (i) => ({ input: { targetId: world.target((i * 41) % targets) } }),
    requests: 400,
    after: (sql) => sql(`delete from session where id not like 's\\_bench%'`),
  },
  hand_written: {
    title: 'the same, written by hand',
    query: sessionPage,
    variables: () => () => ({ first: 100 }),
    requests: 240,
  },
};

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  chmodSync(folder, 0o755); // the user that PostgreSQL runs as passes through it
  const closers = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const databases = await startDatabases(folder);
    closers.push(() => databases.stop());
    const places = [];
    for (const size of sizes) places.push(await startPlace(databases, folder, size, closers));
    print(await runRounds(places));
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** A database of that size with a server and the peer on it. */
async function startPlace(databases, folder, size, closers) {
  const database = await databases.create(`bench_${size}`);
  closers.push(() => database.close());
  const world = await fillWorld(database.sql, { targets, sessions: size });
  process.stderr.write(`${size} sessions are there\n`);
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder },
    ...{ DATABASE_URL: database.url, POSTERN_ROOT_KEY: databases.rootKey },
    POSTERN_USER_SESSION_LIMIT: '1000000',
  };
  const args = ['--config', 'none', '--data-dir', join(folder, `data-${size}`), '--log-level', 'error'];
  const listeners = ['--api-listen-address', '127.0.0.1:0', '--proxy-listen-address', '127.0.0.1:0'];
  const preload = join(__dirname, 'support', 'count-usage.js');
  const server = run(['server', ...args, ...listeners], env, preload);
  closers.push(() => server.stop());
  const url = (await server.says(/API +(http:\S+\/graphql)/))[1];
  const peer = fork(join(__dirname, 'support', 'hand-written.js'), {
    env,
    execArgv: ['--require', preload],
  });
  closers.push(() => peer.disconnect());
  const [{ url: peerUrl }] = await once(peer, 'message');
  const token = world.token(0);
  return {
    ...{ size, world, sql: database.sql },
    ours: { url, token, child: server.child },
    peer: { url: peerUrl, token, child: peer },
  };
}

async function usageOf({ child }) {
  child.send('usage');
  return (await once(child, 'message'))[0];
}

const sideOf = (place, name) => (name === 'hand_written' ? place.peer : place.ours);

async function ask(place, name, requests) {
  const { query, variables, after } = operations[name];
  const side = sideOf(place, name);
  const before = await usageOf(side);
  const result = await load(side, { query, variables: variables(place.world) }, { requests, atOnce });
  const usage = await usageOf(side);
  await after?.(place.sql);
  return {
    ...result,
    cpuMs: (usage.cpuUs - before.cpuUs) / 1000 / requests,
    statements: (usage.statements - before.statements) / requests,
  };
}

async function runRounds(places) {
  const measured = {};
  for (const place of places)
    for (const name of Object.keys(operations)) await ask(place, name, values.short ? 20 : 200);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { requests }] of Object.entries(operations)) {
      for (const place of places) {
        const { times, ...one } = await ask(place, name, values.short ? 20 : requests);
        const cell = (measured[`${name}_${place.size}`] ??= { rounds: [], times: [] });
        cell.rounds.push(one);
        cell.times.push(...times);
      }
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return measured;
}

function print(measured) {
  const figures = {};
  const ratios = {};
  const middle = (key, name) => median(measured[key].rounds.map((one) => one[name]));
  for (const [key, { times }] of Object.entries(measured)) {
    figures[`${key}_per_second`] = Math.round(middle(key, 'perSecond'));
    figures[`${key}_p99_ms`] = round(percentile(times, 0.99));
    figures[`${key}_server_cpu_ms`] = round(middle(key, 'cpuMs'));
  }
  const ratio = (over, under, name = 'perSecond') =>
    round(median(measured[over].rounds.map((one, i) => one[name] / measured[under].rounds[i][name])));
  const [smallest, ...larger] = sizes;
  const largest = sizes.at(-1);
  for (const name of Object.keys(operations)) {
    // What the server asks by itself meanwhile is a few in a hundred requests.
    figures[`${name}_statements`] = Math.round(middle(`${name}_${largest}`, 'statements'));
    for (const size of larger)
      ratios[`${name}_flat_${smallest}_to_${size}`] = ratio(`${name}_${smallest}`, `${name}_${size}`);
  }
  ratios.session_page_vs_handwritten = ratio(`hand_written_${largest}`, `session_page_${largest}`);
  ratios.session_page_cpu_vs_handwritten = ratio(
    `session_page_${largest}`,
    `hand_written_${largest}`,
    'cpuMs',
  );
  printTable(figures, ratios);
  console.log(JSON.stringify({ bench: 'api', figures, ratios }));
}

function printTable(figures, ratios) {
  const cell = (text) => String(text).padStart(16);
  console.log(
    `\nrequests per second (and the slowest hundredth in ms), ${atOnce} at once, ${rounds} rounds\n`,
  );
  console.log(
    ['sessions'.padEnd(36), ...[...sizes, 'falls by', 'server CPU ms', 'statements'].map(cell)].join(''),
  );
  const largest = sizes.at(-1);
  for (const [name, { title }] of Object.entries(operations)) {
    const speeds = sizes.map(
      (size) => `${figures[`${name}_${size}_per_second`]} (${figures[`${name}_${size}_p99_ms`]})`,
    );
    const flat = `${ratios[`${name}_flat_${sizes[0]}_to_${largest}`] ?? 1}×`;
    const costs = [figures[`${name}_${largest}_server_cpu_ms`], figures[`${name}_statements`]];
    console.log([title.padEnd(36), ...[...speeds, flat, ...costs].map(cell)].join(''));
  }
  console.log(
    `\nwritten by hand, a page of sessions is ${ratios.session_page_vs_handwritten}× as fast, and takes ` +
      `${round(1 / ratios.session_page_cpu_vs_handwritten)} of the CPU time of ours\n`,
  );
}

const round = (number) => Math.round(number * 100) / 100;

measure().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

// Bytes per second through `postern connect` and a worker, beside a plain copy over loopback and beside two
// HAProxy hops with the same TLS. One connection, both directions, interleaved, medians.
//   npm run -s bench:throughput [-- --rounds 7 --megabytes 1024]
const { fork } = require('node:child_process');
const { once } = require('node:events');
const { chmodSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { haproxyVersion, startHaproxy } = require('./support/haproxy.js');
const { startInstallation } = require('./support/installation.js');
const { median, transfer } = require('./support/transfer.js');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    megabytes: { type: 'string', default: '1024' },
  },
});
const rounds = Number(values.rounds);
const bytes = Number(values.megabytes) * 1024 * 1024;
if (!(rounds >= 1 && bytes >= 1)) throw new Error('--rounds and --megabytes must be 1 or more');

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  chmodSync(folder, 0o755); // the user that PostgreSQL runs as passes through it
  const closers = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const host = fork(join(__dirname, 'support', 'host.js'));
    closers.push(() => host.disconnect());
    const [hostPort] = await once(host, 'message');
    const installation = await startInstallation(folder, hostPort);
    closers.push(() => installation.stop());
    const client = await installation.connect();
    closers.push(() => client.stop());
    const ways = { loopback: hostPort, postern: client.port };
    const version = haproxyVersion();
    if (version === null)
      console.log('haproxy is not installed; its column is left out (Debian: apt-get install haproxy)');
    else {
      const haproxy = await startHaproxy(folder, hostPort);
      closers.push(haproxy.stop);
      ways.haproxy = haproxy.port;
    }
    print(await run(ways), version);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function run(ways) {
  const rates = {};
  const directions = ['down', 'up'];
  for (const port of Object.values(ways)) for (const way of directions) await transfer(port, way, bytes / 8);
  for (let round = 0; round < rounds; round += 1) {
    for (const direction of directions) {
      for (const [name, port] of Object.entries(ways)) {
        (rates[`${name}_${direction}`] ??= []).push(await transfer(port, direction, bytes));
      }
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return rates;
}

function print(rates, version) {
  const figures = {};
  for (const [name, all] of Object.entries(rates)) figures[name] = Math.round(median(all));
  const ratios = {};
  for (const peer of version === null ? ['loopback'] : ['loopback', 'haproxy']) {
    for (const way of ['down', 'up']) {
      ratios[`${way}_vs_${peer}`] = round(
        median(rates[`postern_${way}`].map((rate, i) => rate / rates[`${peer}_${way}`][i])),
      );
    }
    // The weaker direction is what people get.
    ratios[`bytes_vs_${peer}`] = Math.min(ratios[`down_vs_${peer}`], ratios[`up_vs_${peer}`]);
  }
  console.log(`\n${'GB/s, median of ' + rounds} rounds of ${values.megabytes} MiB on one connection\n`);
  console.log(`${''.padEnd(36)}${'host to client'.padStart(16)}${'client to host'.padStart(16)}`);
  const names = {
    loopback: 'plain loopback',
    postern: 'postern connect + worker',
    haproxy: `two haproxy ${version} hops`,
  };
  for (const [key, name] of Object.entries(names)) {
    if (!(`${key}_down` in figures)) continue;
    const cells = ['down', 'up'].map((way) => (figures[`${key}_${way}`] / 1e9).toFixed(2).padStart(16));
    console.log(`${name.padEnd(36)}${cells.join('')}`);
  }
  console.log('');
  console.log(JSON.stringify({ bench: 'throughput', figures, ratios }));
}

const round = (number) => Math.round(number * 1000) / 1000;

measure().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

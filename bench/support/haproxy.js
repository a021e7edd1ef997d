const { spawn, spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { createServer, connect } = require('node:net');
const { join } = require('node:path');
const { makeIdentity } = require('../../dist/proxy/identity.js');

/** HAProxy's version, or null where it is not installed. */
exports.haproxyVersion = function haproxyVersion() {
  const { status, stdout } = spawnSync('haproxy', ['-v'], { encoding: 'utf8' });
  return status === 0 ? (/version (\S+)/i.exec(stdout)?.[1] ?? 'unknown') : null;
};

/**
 * Two HAProxy processes in a row, as `connect` and a worker are: plain TCP in, TLS 1.3 with certificates on
 * both sides between them, plain TCP out.
 */
exports.startHaproxy = async function startHaproxy(folder, hostPort) {
  const [outer, inner] = [await freePort(), await freePort()];
  for (const name of ['client', 'worker']) {
    const { certificatePem, privateKeyPem } = makeIdentity(name);
    writeFileSync(join(folder, `${name}.crt`), certificatePem, { mode: 0o600 });
    writeFileSync(join(folder, `${name}.pem`), certificatePem + privateKeyPem, { mode: 0o600 });
  }
  const suite = 'ciphersuites TLS_AES_256_GCM_SHA384';
  const children = [
    start(folder, 'near', [
      'listen near',
      `  bind 127.0.0.1:${outer}`,
      `  server far 127.0.0.1:${inner} ssl ${suite} ssl-min-ver TLSv1.3 crt ${folder}/client.pem verify required ca-file ${folder}/worker.crt`,
    ]),
    start(folder, 'far', [
      'listen far',
      `  bind 127.0.0.1:${inner} ssl ${suite} ssl-min-ver TLSv1.3 crt ${folder}/worker.pem verify required ca-file ${folder}/client.crt`,
      `  server host 127.0.0.1:${hostPort}`,
    ]),
  ];
  await Promise.all([answers(outer), answers(inner)]);
  return { port: outer, stop: () => children.forEach((child) => child.kill('SIGKILL')) };
};

function start(folder, name, lines) {
  const config = [
    'defaults',
    '  mode tcp',
    '  timeout connect 5s',
    '  timeout client 1h',
    '  timeout server 1h',
    ...lines,
    '',
  ];
  const file = join(folder, `${name}.cfg`);
  writeFileSync(file, config.join('\n'));
  return spawn('haproxy', ['-f', file, '-db', '-q'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(port) {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    const isUp = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.setTimeout(500, () => socket.destroy());
      socket.once('connect', () => socket.destroy());
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`haproxy does not listen on ${port}`);
}

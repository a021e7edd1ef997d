const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '..', '..', 'dist', 'main.js');

exports.run = run;

/** A server of its own with one target, and how to run the command line against it. */
exports.startInstallation = async function startInstallation(folder, hostPort) {
  const config = join(folder, 'bench.yaml');
  writeFileSync(
    config,
    [
      'format: 1',
      'manager: bench',
      'orgs:',
      '  bench:',
      '    name: bench',
      '    projects:',
      '      bench:',
      '        name: bench',
      '        targets:',
      '          host:',
      '            type: tcp',
      '            name: host',
      '            address: 127.0.0.1',
      `            default_port: ${hostPort}`,
      '            session_connection_limit: -1',
      '',
    ].join('\n'),
  );
  const env = { PATH: process.env.PATH, HOME: folder };
  const server = run(
    [
      ...['server', '--data-dir', join(folder, 'data'), '--config', config, '--log-level', 'error'],
      ...['--api-listen-address', '127.0.0.1:0', '--proxy-listen-address', '127.0.0.1:0'],
    ],
    env,
  );
  env.POSTERN_ADDR = (await server.says(/API +(http:\S+)\/graphql/))[1];
  const login = run(['authenticate', 'password', '-login-name=admin', '-password=env://BENCH_PASSWORD'], {
    ...env,
    BENCH_PASSWORD: 'password',
  });
  await login.ended;
  return {
    pid: server.child.pid,
    /** `postern connect` on a free port, until it is stopped. */
    async connect() {
      const client = run(['connect', '-target-name=host', '-target-scope-name=bench', '-format=json'], env);
      const port = Number((await client.says(/"port": ?(\d+)/))[1]);
      return { port, pid: client.child.pid, stop: () => client.stop() };
    },
    stop: () => server.stop(),
  };
};

/** Runs the program; `preload` is a script that is loaded into it first and may speak over IPC. */
function run(args, env, preload) {
  const child = spawn(process.execPath, [...(preload ? ['--require', preload] : []), main, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', ...(preload ? ['ipc'] : [])],
  });
  let said = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const hear = (chunk) => (said += chunk);
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return {
    child,
    ended,
    async says(pattern) {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline && child.exitCode === null;) {
        const match = pattern.exec(said);
        if (match) return match;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`postern ${args[0]} did not say ${pattern}:\n${said}`);
    },
    stop() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

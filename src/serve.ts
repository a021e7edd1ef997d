import type { CliContext } from './cli/cli-context.js';
import { hasAuthMethod } from './auth/auth.store.js';
import { createAdministrator } from './config/initial-resources.js';
import { openForCommand } from './control-database.js';
import { StartFailure } from './core/start-failure.js';
import { serverLog } from './server-log.js';
import { startServer, type RunningServer } from './server.js';
import { forgetSecrets, readSettings, type Flags, type Settings } from './settings.js';
import { version } from './version.js';

const oldestSupportedNode = 22;

/** `postern server`: starts everything, says what a newcomer needs, and stops in order on a signal. */
export async function serve(flags: Flags, { env, stdout, stderr }: CliContext): Promise<number> {
  const settings = readSettings(flags, env);
  forgetSecrets(env);
  if (Number(process.versions.node.split('.')[0]) < oldestSupportedNode) {
    stderr.write(
      `Node ${process.versions.node} gets no more security fixes; run postern with Node ${oldestSupportedNode} or newer\n`,
    );
  }
  const log = serverLog(settings.logLevel, settings.logFormat, stderr);
  let stop: (signal: string) => void = () => {};
  const stopped = new Promise<string>((resolve) => (stop = resolve));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(signal));
  const server = await startServer(settings, log, { env });
  forgetSecrets(env, server.secretVariables);
  stdout.write(banner(server, settings));
  const fault = await Promise.race([stopped.then(() => null), server.ended]);
  if (fault !== null) {
    stderr.write(`postern has stopped: ${fault}\n`);
    return 1;
  }
  // A second signal is for those who cannot wait: the embedded databases then stop by themselves.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  stdout.write('\nStopping …');
  await server.close();
  stdout.write(' stopped.\n');
  return 0;
}

/** `postern init`: the one administrator of a new database, with a password that is shown once. */
export async function init(flags: Flags, { env, stdout, stderr }: CliContext): Promise<number> {
  const settings = readSettings(flags, env);
  forgetSecrets(env);
  const log = serverLog(settings.logLevel, settings.logFormat, stderr);
  const control = await openForCommand(settings, log);
  try {
    if (await hasAuthMethod(control.database.reader)) {
      throw new StartFailure('this database has its administrator already; nothing was changed');
    }
    const { authMethodId, userId, loginName, password } = await createAdministrator(control.database);
    stdout.write(
      [
        '',
        'Initial auth information:',
        `  Auth Method ID:    ${authMethodId}`,
        `  Login Name:        ${loginName}`,
        `  Password:          ${password}`,
        `  User ID:           ${userId}`,
        '',
        'The password is shown this once. Start the server with `postern server`, then sign in:',
        `  postern authenticate password -login-name=${loginName}`,
        '',
      ].join('\n'),
    );
  } finally {
    await control.close();
  }
  return 0;
}

function banner(server: RunningServer, settings: Settings): string {
  const { url, workerAddress, developmentLogin: login, demoDatabasePort } = server;
  const facts: [string, string][] = [
    ['API', `${url}/graphql`],
    ['Playground', `${url}/playground`],
    ['Worker', workerAddress],
    [
      'Database',
      settings.databaseUrl === null ? `embedded, in ${settings.dataDir}` : 'the one of DATABASE_URL',
    ],
    ...(login
      ? ([['Login', `${login.loginName} / ${login.password}   (auth method ${login.authMethodId})`]] as [
          string,
          string,
        ][])
      : []),
    ...(demoDatabasePort
      ? ([['Demo database', `127.0.0.1:${demoDatabasePort}   (user postgres, password secret)`]] as [
          string,
          string,
        ][])
      : []),
  ];
  const width = Math.max(...facts.map(([label]) => label.length)) + 3;
  const addr = url === 'http://127.0.0.1:9200' ? '' : ` -addr=${url}`;
  const next = demoDatabasePort
    ? [
        `npx postern authenticate password -login-name=admin${addr}`,
        `npx postern targets list -recursive${addr}`,
        `npx postern connect postgres -target-name=tests -target-scope-name=QA_Tests -username=postgres${addr}`,
      ]
    : [
        `npx postern authenticate password -login-name=admin${addr}`,
        `npx postern scopes list -recursive${addr}`,
        `npx postern sessions watch${addr}`,
      ];
  return [
    '',
    `Postern ${version} is ready, ${(server.startedInMs / 1000).toFixed(1)} s after it was started.`,
    '',
    ...facts.map(([label, value]) => `  ${label.padEnd(width)}${value}`),
    '',
    'Next, in another terminal:',
    '',
    ...next.map((command) => `  ${command}`),
    '',
    'Ctrl-C stops everything; what was made is there again at the next start.',
    '',
    '',
  ].join('\n');
}

import { Command, CommanderError } from 'commander';
import { StartFailure } from '../core/start-failure.js';
import { normalizeArgv, wordsBehind } from './argv.js';
import type { CliContext } from './cli-context.js';
import { CliFailure } from './cli-failure.js';
import { addAliases, addResolvableAliases } from './commands/aliases.js';
import { addAudit } from './commands/audit.js';
import { addAuthenticate } from './commands/authenticate.js';
import { addAuthorizeSession } from './commands/authorize-session.js';
import { addConnect } from './commands/connect.js';
import { addKnownPrograms } from './commands/connect-program.js';
import { addCredentials } from './commands/credentials.js';
import { addExplain } from './commands/explain.js';
import { addHosts } from './commands/hosts.js';
import { addIdentity } from './commands/identity.js';
import { addIssueApiToken } from './commands/issue-api-token.js';
import { addLogout } from './commands/logout.js';
import { addRoles } from './commands/roles.js';
import { addScopeKeys } from './commands/scope-keys.js';
import { addScopes } from './commands/scopes.js';
import { addServer } from './commands/server.js';
import { addSessions } from './commands/sessions.js';
import { addTargets } from './commands/targets.js';
import { addUsers } from './commands/users.js';
import { addWhoCan } from './commands/who-can.js';
import { addWorkers } from './commands/workers.js';

class PosternCommand extends Command {
  override createCommand(name?: string): Command {
    return new PosternCommand(name);
  }

  unknownOption(flag: string): void {
    (Command.prototype as unknown as { unknownOption(flag: string): void }).unknownOption.call(
      this,
      flag.split('=')[0] ?? flag,
    );
  }
}

/** Runs one command line. Prints what went wrong as one sentence and sets the exit status; never throws. */
export async function runCli(argv: readonly string[], version: string, context: CliContext): Promise<void> {
  const program = new PosternCommand('postern')
    .description(
      'reach TCP services by identity: ask for a session on a target, connect through it, watch it, end it',
    )
    .version(version, '--version', 'print the release')
    .helpOption('-h, --help', 'show help')
    .enablePositionalOptions() // so that `connect postgres` reads its own flags, not `connect`
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride();
  const behind = wordsBehind(argv);
  addAuthenticate(program, context);
  addLogout(program, context);
  addScopeKeys(addScopes(program, context), context);
  addIdentity(program, context);
  const { users } = addUsers(program, context);
  addRoles(program, context);
  addHosts(program, context);
  addCredentials(program, context);
  addAuthorizeSession(addTargets(program, context), context);
  addAliases(program, context);
  addResolvableAliases(users, context);
  addIssueApiToken(users, context);
  addWorkers(program, context);
  addSessions(program, context);
  addAudit(program, context);
  addExplain(program, context);
  addWhoCan(program, context);
  addKnownPrograms(addConnect(program, context, behind), context, behind);
  addServer(program, context);
  try {
    await program.parseAsync(normalizeArgv(argv), { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, context);
  }
}

function report(error: unknown, { stderr, env }: CliContext): number {
  if (error instanceof CommanderError) return error.exitCode; // commander has said it
  if (error instanceof CliFailure) {
    stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof StartFailure) {
    stderr.write(`${error.message}\n`);
    return 1;
  }
  const fault = error instanceof Error ? error : new Error(String(error));
  stderr.write(`a fault of postern: ${fault.message}\n`);
  if (env['POSTERN_DEBUG']) stderr.write(`${fault.stack}\n`);
  return 1;
}

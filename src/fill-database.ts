import { dirname, join } from 'node:path';
import { findAuthMethod } from './auth/auth-method.store.js';
import { hasAuthMethod } from './auth/auth.store.js';
import { isLocal } from './check-settings.js';
import { applyMissing } from './config/apply-missing.js';
import { findKnownLogins } from './config/find-known-logins.js';
import {
  createDevelopmentResources,
  developmentLogin,
  type Administrator,
} from './config/initial-resources.js';
import { readConfig } from './config/read-config.js';
import { secretVariables } from './config/secret.js';
import type { ControlDatabase } from './control-database.js';
import type { Log } from './core/log.js';
import { StartFailure } from './core/start-failure.js';
import type { Reader } from './core/tx.js';
import type { SecretKeeper } from './seal/secret-keeper.js';
import type { Settings } from './settings.js';

export interface Filled {
  /** Set where the well-known development login works. */
  readonly login: Administrator | null;
  /** The bundled demo belongs to this installation: what it declares, and its database. */
  readonly appliesDemo: boolean;
  /** Variables of the environment that the configuration names as holding secrets. */
  readonly secretVariables: readonly string[];
}

/**
 * Creates what the database lacks for this start. The development resources and the demo are for a database of
 * our own that only this machine reaches: anything else starts with `postern init`, and a start beyond this
 * machine is refused while the login works that everybody knows.
 */
export async function fillDatabase(
  settings: Settings,
  { database, isEmbedded }: ControlDatabase,
  secrets: SecretKeeper,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<Filled> {
  const mayDevelop = isEmbedded && isLocal(settings);
  const isNew = !(await hasAuthMethod(database.reader));
  if (isNew && !mayDevelop) {
    throw new StartFailure(
      'nobody can sign in to this database yet; run `postern init` once, it prints an administrator password',
    );
  }
  if (!isLocal(settings)) await refuseKnownLogins(database.reader);
  if (isNew) await createDevelopmentResources(database);
  const hasDevelopment = (await findAuthMethod(database.reader, developmentLogin.authMethodId)) !== null;
  const appliesDemo = settings.config.kind === 'demo' && mayDevelop && hasDevelopment;
  const file = settings.config.kind === 'file' ? settings.config.path : appliesDemo ? bundledDemo() : null;
  const document = file === null ? null : readConfig(file);
  if (file !== null && document !== null) {
    const created = await applyMissing(database, secrets, file, document, env);
    if (created > 0) log.info('created what the configuration declares', { file, resources: created });
  }
  const filled = { appliesDemo, secretVariables: secretVariables(document) };
  if (isNew) return { login: developmentLogin, ...filled };
  const [login] = mayDevelop ? await findKnownLogins(database.reader, [developmentLogin]) : [];
  return { login: login ?? null, ...filled };
}

function bundledDemo(): string {
  return join(dirname(__dirname), 'config', 'demo.hcl');
}

async function refuseKnownLogins(reader: Reader): Promise<void> {
  const [login] = await findKnownLogins(reader);
  if (!login) return;
  throw new StartFailure(
    `the development login ${login.loginName} / ${login.password} works in this database, and anybody knows it; ` +
      'serve the API on loopback without --behind-proxy and --public-url, or start on another database ' +
      '(--data-dir, DATABASE_URL) with `postern init`',
  );
}

#!/usr/bin/env node
import { runCli } from './cli/cli.js';
import { version } from './version.js';

// A report of a crash tells of the environment, where secrets may stand, unless this Node can leave it out.
const { report } = process;
if ('excludeEnv' in report) report.excludeEnv = true;

void runCli(process.argv.slice(2), version, {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  server: {
    serve: async (flags, context) => (await import('./serve.js')).serve(flags, context),
    init: async (flags, context) => (await import('./serve.js')).init(flags, context),
    rewrapKeys: async (flags, context) => (await import('./operate-keys.js')).rewrapKeys(flags, context),
    newRootKey: async (flags, context) => (await import('./operate-keys.js')).newRootKey(flags, context),
    printSchema: async () => (await import('./graphql/schema.js')).printedSchema(),
  },
});

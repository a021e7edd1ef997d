#!/usr/bin/env node
import { runCli } from './cli/cli.js';
import { version } from './version.js';

void runCli(process.argv.slice(2), version, {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  server: {
    serve: async (flags, context) => (await import('./serve.js')).serve(flags, context),
    init: async (flags, context) => (await import('./serve.js')).init(flags, context),
    printSchema: async () => (await import('./graphql/schema.js')).printedSchema(),
  },
});

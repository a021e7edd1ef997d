// Everything that must hold at every commit: formatting, lint, types, rooms, schema. Says which part failed.
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const steps = [
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['lint', bin('eslint'), ['.', '--max-warnings', '0']],
  ['imports', process.execPath, ['scripts/check-imports.js']],
  ['build', bin('tsc'), ['-p', 'tsconfig.build.json']],
  ['schema', process.execPath, ['scripts/check-schema.js']],
];
let failed = 0;
for (const [name, command, args] of steps) {
  const started = Date.now();
  const run = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const isFine = run.status === 0;
  if (!isFine) failed += 1;
  console.log(
    `${isFine ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  if (!isFine) console.log(`${run.stdout}${run.stderr}`.trim());
}
process.exit(failed > 0 ? 1 : 0);

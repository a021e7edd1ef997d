// Runs a file of grant conformance cases against the engine as it was built, prints each case that fails, and
// counts. Exits with 1 when a case failed, with 2 when the file cannot be read.
const { readFileSync } = require('node:fs');

const { aclKinds } = require('./conformance/acl-kinds.js');
const { differences } = require('./conformance/compare.js');
const { grammarKinds } = require('./conformance/grammar-kinds.js');
const { listKinds } = require('./conformance/list-kinds.js');
const { roleKinds } = require('./conformance/role-kinds.js');

const kinds = { ...grammarKinds, ...aclKinds, ...listKinds, ...roleKinds };

function readCases(path) {
  if (path === undefined) refuse('name a file of cases: npm run -s conformance:grants -- FILE');
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    refuse(`${path} cannot be read: ${error.message}`);
  }
  let file;
  try {
    file = JSON.parse(text);
  } catch (error) {
    refuse(`${path} is not valid JSON: ${error.message}`);
  }
  if (!Array.isArray(file?.cases)) refuse(`${path} is no file of cases: it has no list "cases"`);
  if (file.cases.length === 0) refuse(`${path} holds no cases`);
  return file;
}

function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** What is wrong with the answer to a case; nothing when it is as expected. */
function faultsOf(one, worlds) {
  const run = Object.hasOwn(kinds, one?.kind) ? kinds[one.kind] : undefined;
  if (run === undefined) return [`the kind ${JSON.stringify(one?.kind)} is not known here`];
  if (typeof one.expect !== 'object' || one.expect === null) return ['the case expects nothing'];
  try {
    return differences(one.expect, run(one.input, worlds, one.expect));
  } catch (error) {
    return [`the engine threw ${error.stack}`];
  }
}

const { cases, worlds = {} } = readCases(process.argv[2]);
let failed = 0;
for (const [index, one] of cases.entries()) {
  const faults = faultsOf(one, worlds);
  if (faults.length === 0) continue;
  failed += 1;
  console.log(`FAILED ${one?.id ?? `case ${index + 1}`}`);
  for (const fault of faults) console.log(`  ${fault}`);
}
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

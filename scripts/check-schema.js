// Checks that schema.graphql is what the code makes, that all of it is described, and that every document of
// the command line, the playground and the examples is valid against it. With --write, writes schema.graphql.
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} = require('graphql');

const { documentsIn, faultsOf } = require('./documents.js');

const root = join(__dirname, '..');
const file = join(root, 'schema.graphql');
const { printedSchema } = require(join(root, 'dist/graphql/schema.js'));

const printed = printedSchema();
if (process.argv.includes('--write')) writeFileSync(file, printed);
const faults = [];
if (readFileSync(file, 'utf8') !== printed) {
  faults.push('schema.graphql is not what the code makes; run `npm run schema` and commit it');
}

const schema = buildSchema(printed);
for (const type of Object.values(schema.getTypeMap())) {
  if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
  const say = (what) => faults.push(`${what} has no description`);
  if (!type.description) say(type.name);
  if (isEnumType(type))
    for (const value of type.getValues()) if (!value.description) say(`${type.name}.${value.name}`);
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
  for (const field of Object.values(type.getFields())) {
    if (!field.description) say(`${type.name}.${field.name}`);
    for (const argument of field.args ?? []) {
      if (!argument.description) say(`${type.name}.${field.name}(${argument.name})`);
    }
  }
}

const commands = join(root, 'dist/cli/commands');
let documentCount = 0;
for (const name of readdirSync(commands).filter((one) => one.endsWith('.js'))) {
  const { documents = {} } = require(join(commands, name));
  for (const [key, text] of Object.entries(documents)) {
    documentCount += 1;
    for (const fault of faultsOf(schema, { text })) faults.push(`${name}: document ${key}: ${fault}`);
  }
}
if (documentCount === 0)
  faults.push('no document of the command line was found; the check looks in the wrong place');

const programs = readdirSync(join(root, 'examples'))
  .filter((one) => one.endsWith('.js'))
  .map((one) => join('examples', one));
for (const name of ['src/graphql/playground/playground.js', ...programs]) {
  const documents = documentsIn(readFileSync(join(root, name), 'utf8'));
  if (documents.length === 0) faults.push(`${name}: no document was found; the check does not see it`);
  for (const document of documents)
    for (const fault of faultsOf(schema, document)) faults.push(`${name}:${document.line}: ${fault}`);
}

for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);

// Copies what tsc leaves out: the files of the pages, which the server sends as they are.
const { cpSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
cpSync(join(root, 'src/graphql/playground'), join(root, 'dist/graphql/playground'), { recursive: true });

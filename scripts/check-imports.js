// Checks that every room imports only from the rooms it may, and that what belongs to one room stays there.
const { readdirSync, readFileSync } = require('node:fs');
const { dirname, join, normalize, relative, sep } = require('node:path');

const root = join(__dirname, '..', 'src');

// A slice imports what stands to its left, and no shell.
const slices =
  'core api events filter grant seal scope user auth group role host credential target worker session audit access'.split(
    ' ',
  );

// What each shell may import beside itself. `*` stands for every slice; a file of another shell is named.
const shells = {
  db: ['core'],
  proxy: ['core'],
  client: [],
  config: ['*', 'db'],
  graphql: ['*', 'db', 'version.ts'],
  cli: ['core', 'client', 'proxy/handshake.ts', 'proxy/identity.ts', 'settings.ts', 'setting-rules.ts'],
  web: ['client'],
};

// Packages that load slowly or that only one room has business with.
const packages = {
  typeorm: (file) => file.startsWith('db/') || file.endsWith('.entity.ts') || file === 'api/node.ts',
  pg: (file) => file.startsWith('db/'),
  re2js: (file) => file.startsWith('filter/'),
  '@apollo/server': (file) => file.startsWith('graphql/'),
  'type-graphql': (file) =>
    !file.startsWith('cli/') && !file.startsWith('proxy/') && !file.startsWith('core/'),
};

const words = [
  {
    rule: 'only settings.ts and main.ts read the environment',
    found: /\bprocess\.env\b/,
    may: (file) => ['settings.ts', 'main.ts'].includes(file),
  },
  {
    rule: 'only the command line writes to stdout or exits',
    found: /\bprocess\.(stdout|exit\b)|\bconsole\./,
    may: (file) => file.startsWith('cli/') || ['main.ts', 'serve.ts'].includes(file),
  },
  {
    rule: 'only *.store.ts and db/ speak to the database',
    found: /\b(tx|reader|database|client|pool|source)\.(query|rows)\b/,
    may: (file) => file.startsWith('db/') || file.endsWith('.store.ts'),
  },
];

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function roomOf(file) {
  return file.includes('/') ? file.split('/')[0] : null;
}

function refusal(file, target) {
  const from = roomOf(file);
  const to = roomOf(target);
  if (from === null || from === to) return null; // the root wires everything
  const rank = slices.indexOf(from);
  if (rank !== -1) {
    const other = slices.indexOf(to);
    if (other === -1) return `a slice imports no shell: ${target}`;
    return other < rank ? null : `${from} stands left of ${to}: ${target}`;
  }
  const may = shells[from];
  if (!may) return `${from} is no room of this house; give it a place in scripts/check-imports.js`;
  const isAllowed = may.includes(to) || may.includes(target) || (may.includes('*') && slices.includes(to));
  return isAllowed ? null : `${from} may not import ${target}`;
}

const faults = [];
for (const file of filesOf(root)) {
  const text = readFileSync(join(root, file), 'utf8');
  for (const [, from] of text.matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/g)) {
    if (from.startsWith('.')) {
      const target = normalize(join(dirname(file), from))
        .split(sep)
        .join('/')
        .replace(/\.js$/, '.ts');
      const why = refusal(file, target);
      if (why) faults.push(`${file}: ${why}`);
    } else {
      const name = Object.keys(packages).find((one) => from === one || from.startsWith(`${one}/`));
      if (name && !packages[name](file)) faults.push(`${file}: ${name} has no place here`);
    }
  }
  for (const { rule, found, may } of words) {
    if (!may(file) && found.test(text)) faults.push(`${file}: ${rule}`);
  }
  if (/(^|\/)(index|utils?|helpers?|common|types|constants|misc)\.tsx?$/.test(file)) {
    faults.push(`${file}: name the file for what it is about`);
  }
}
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);

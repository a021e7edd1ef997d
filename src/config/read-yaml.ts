import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
} from 'yaml';
import { ConfigFailure, faultsOf, type ConfigFault } from './config-fault.js';
import { documentSchema, type ConfigDocument } from './document.js';

/**
 * Reads a configuration written in YAML 1.2. Faults carry line and column. Anchors are resolved within the
 * parser's limit; merge keys, tags and several documents are refused.
 */
export function readYaml(file: string, source: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    version: '1.2',
    merge: false,
    prettyErrors: false,
    uniqueKeys: false, // looked for below: the parser compares each key with all before it
  });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const syntax = [...document.errors, ...document.warnings].map((error): ConfigFault => ({
    place: at(error.pos[0]),
    message: `not valid YAML: ${error.message.split('\n')[0]}`,
  }));
  if (document.directives?.yaml.version !== '1.2')
    syntax.unshift({ place: at(0), message: 'not valid YAML: only YAML 1.2 is read here' });
  visit(document, {
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && pair.key.value === '__proto__')
        syntax.push({ place: at(pair.key.range?.[0] ?? 0), message: 'a label has letters, digits, _ and -' });
    },
  });
  syntax.push(...repeatedKeys(document, at), ...danglingAliases(document, at));
  if (syntax.length > 0) throw new ConfigFailure(syntax.slice(0, 50));
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigFailure([{ place: file, message: `not valid YAML: ${(error as Error).message}` }]);
  }
  const checked = documentSchema.safeParse(plain);
  if (!checked.success)
    throw new ConfigFailure(faultsOf(checked.error, (path) => at(offsetOf(document, path)), false));
  return checked.data;
}

function repeatedKeys(document: Document, at: (offset: number) => string): ConfigFault[] {
  const faults: ConfigFault[] = [];
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          faults.push({ place: at(key.range?.[0] ?? 0), message: 'not valid YAML: Map keys must be unique' });
        seen.add(key.value);
      }
    },
  });
  return faults;
}

// The parser reports an alias without an anchor only when the value is taken, and then without a place.
function danglingAliases(document: Document, at: (offset: number) => string): ConfigFault[] {
  const faults: ConfigFault[] = [];
  visit(document, {
    Alias: (_key, node) => {
      if (isAlias(node) && !node.resolve(document)) {
        faults.push({
          place: at(node.range?.[0] ?? 0),
          message: `not valid YAML: there is no anchor &${node.source}`,
        });
      }
    },
  });
  return faults;
}

/** Where the value of a path stands; its key for one that should not be there, its nearest parent for one that is missing. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const parent = length === 0 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (length > 0 && isMap(parent)) {
      const pair = parent.items.find(
        (item) => isPair(item) && isNode(item.key) && String(item.key) === String(key),
      );
      if (pair && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
    }
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

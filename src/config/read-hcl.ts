import { ConfigFailure, faultsOf } from './config-fault.js';
import { blockNames, documentSchema, typedBlocks, type ConfigDocument } from './document.js';

type Body = Record<string, unknown>;

/**
 * Reads a configuration written in HCL: literals, references and `secret("…")`. The parser behind it says of
 * a broken file only that it is broken; faults of meaning name the path of the value.
 */
export function readHcl(file: string, source: string): ConfigDocument {
  const body = parse(source);
  if (body === null) throw new ConfigFailure([{ place: file, message: 'not valid HCL' }]);
  const { config, ...rest } = body;
  const [stray] = Object.keys(rest).filter((key) => key !== 'org');
  if (stray !== undefined)
    throw new ConfigFailure([
      { place: `${file}: ${stray}`, message: `there is no ${stray} beside the config block` },
    ]);
  const head = Array.isArray(config) && config.length === 1 ? (config[0] as Body) : null;
  if (head === null) {
    throw new ConfigFailure([
      {
        place: file,
        message: 'one config block is needed, with format = 1 and manager = "…" on lines of their own',
      },
    ]);
  }
  const checked = documentSchema.safeParse({ ...head, ...(documentOf(file, rest, []) as Body) });
  if (!checked.success)
    throw new ConfigFailure(faultsOf(checked.error, (path) => [file, path.join('.')].join(': '), true));
  return checked.data;
}

function parse(source: string): Body | null {
  // The parser changes two things of the whole process; they are put back.
  const { stackTraceLimit } = Error;
  const had = Object.getOwnPropertyDescriptor(globalThis, 'require');
  try {
    if (isTooDeep(source)) return null;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded where it is needed: it takes 150 ms
    const parser = require('hcl2-parser') as { parseToObject(text: string): [Body | null | '', unknown] };
    const [body] = parser.parseToObject(source);
    return body === null || body === '' ? null : body;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (had) Object.defineProperty(globalThis, 'require', had);
    else Reflect.deleteProperty(globalThis, 'require');
  }
}

const mostDepth = 100;
// Signs that take an expression each, with nothing closed in between.
const runs = /(?:[-!]\s*){100}|(?:\?[^?\n]*){100}/;

// The parser runs out of stack on deep nesting and is of no use to the process after that.
function isTooDeep(source: string): boolean {
  if (runs.test(source)) return true;
  let depth = 0;
  for (const letter of source) {
    if ('[{('.includes(letter) && ++depth > mostDepth) return true;
    if (']})'.includes(letter)) depth = Math.max(0, depth - 1);
  }
  return false;
}

/** Turns the parser's nesting (block type, labels, list of bodies) into maps keyed by label. */
function documentOf(file: string, value: unknown, path: readonly string[]): unknown {
  if (typeof value === 'string') return literalOf(file, value, path);
  if (Array.isArray(value)) return value.map((one, i) => documentOf(file, one, [...path, String(i)]));
  if (typeof value !== 'object' || value === null) return value;
  const result: Body = {};
  for (const [key, inner] of Object.entries(value as Body)) {
    const plural = Object.hasOwn(blockNames, key) ? blockNames[key] : undefined;
    result[plural ?? key] =
      plural === undefined ? documentOf(file, inner, [...path, key]) : blocksOf(file, key, inner, path);
  }
  return result;
}

function blocksOf(file: string, kind: string, value: unknown, path: readonly string[]): Body {
  const blocks: Body = {};
  const add = (labels: unknown, extra: Body): void => {
    if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) {
      throw fault(
        file,
        [...path, kind],
        `${kind} needs ${typedBlocks.has(kind) ? 'a type and a label' : 'a label'}`,
      );
    }
    for (const [name, bodies] of Object.entries(labels as Body)) {
      if (name === '__proto__') throw fault(file, [...path, kind], 'a label has letters, digits, _ and -');
      const list = Array.isArray(bodies) ? bodies : [bodies];
      if (list.length > 1 || Object.hasOwn(blocks, name))
        throw fault(file, [...path, kind, name], 'it stands here twice');
      blocks[name] = { ...(documentOf(file, list[0], [...path, kind, name]) as Body), ...extra };
    }
  };
  if (!typedBlocks.has(kind) || Array.isArray(value)) add(value, {});
  else for (const [type, labels] of Object.entries((value ?? {}) as Body)) add(labels, { type });
  return blocks;
}

function literalOf(file: string, text: string, path: readonly string[]): unknown {
  if (!text.includes('${') && !text.includes('%{')) return text;
  const inner = /^\$\{([\s\S]*)\}$/.exec(text)?.[1]?.trim();
  if (inner !== undefined && refers(path) && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(inner)) return inner;
  const source = inner === undefined ? undefined : /^secret\(\s*"([^"\\]*)"\s*\)$/.exec(inner)?.[1];
  if (source !== undefined) return { secret: source };
  throw fault(file, path, 'only literals, references and secret("env://…" or "file://…") are read here');
}

const referring = new Set(['accounts', 'principals', 'hosts', 'host_sources', 'brokered_credentials']);

function refers(path: readonly string[]): boolean {
  return referring.has(path.at(-2) ?? '');
}

function fault(file: string, path: readonly string[], message: string): ConfigFailure {
  return new ConfigFailure([{ place: `${file}: ${path.join('.')}`, message }]);
}

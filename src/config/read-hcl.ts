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
  const head = Array.isArray(config) && config.length === 1 ? (config[0] as Body) : null;
  if (head === null) {
    throw new ConfigFailure([
      { place: file, message: 'one config block is needed: config { format = 1, manager = "…" }' },
    ]);
  }
  const checked = documentSchema.safeParse({ ...head, ...(documentOf(file, rest, []) as Body) });
  if (!checked.success)
    throw new ConfigFailure(faultsOf(checked.error, (path) => [file, path.join('.')].join(': ')));
  return checked.data;
}

function parse(source: string): Body | null {
  // The parser changes two things of the whole process; they are put back.
  const { stackTraceLimit } = Error;
  const hadRequire = Object.hasOwn(globalThis, 'require');
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded where it is needed: it takes 150 ms
    const parser = require('hcl2-parser') as { parseToObject(text: string): [Body | null | '', unknown] };
    const [body] = parser.parseToObject(source);
    return body === null || body === '' ? null : body;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (!hadRequire) Reflect.deleteProperty(globalThis, 'require');
  }
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
      const list = Array.isArray(bodies) ? bodies : [bodies];
      if (list.length > 1 || Object.hasOwn(blocks, name))
        throw fault(file, [...path, kind, name], 'it stands here twice');
      blocks[name] = { ...(documentOf(file, list[0], [...path, kind, name]) as Body), ...extra };
    }
  };
  if (!typedBlocks.has(kind)) add(value, {});
  else for (const [type, labels] of Object.entries((value ?? {}) as Body)) add(labels, { type });
  return blocks;
}

function literalOf(file: string, text: string, path: readonly string[]): unknown {
  if (!text.includes('${') && !text.includes('%{')) return text;
  const inner = /^\$\{([\s\S]*)\}$/.exec(text)?.[1]?.trim();
  if (inner !== undefined && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(inner)) return inner;
  const source = inner === undefined ? undefined : /^secret\(\s*"([^"\\]*)"\s*\)$/.exec(inner)?.[1];
  if (source !== undefined) return { secret: source };
  throw fault(file, path, 'only literals, references and secret("env://…" or "file://…") are read here');
}

function fault(file: string, path: readonly string[], message: string): ConfigFailure {
  return new ConfigFailure([{ place: `${file}: ${path.join('.')}`, message }]);
}

import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from 'graphql';

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function textScalar(
  name: string,
  description: string,
  accept: (text: string) => string | null,
): GraphQLScalarType<string, string> {
  const parse = (value: unknown): string => {
    const accepted = typeof value === 'string' ? accept(value) : null;
    if (accepted === null) throw new GraphQLError(`${name} is malformed`);
    return accepted;
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => value as string,
    parseValue: parse,
    parseLiteral: (node: ValueNode) =>
      parse(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : null),
  });
}

/** Rows carry times as the text that the API shows, so nothing is converted on the way out. */
export const DateTime = textScalar(
  'DateTime',
  'RFC 3339 timestamp in UTC with millisecond precision, for example 2026-11-22T15:40:12.345Z; years 0001 to 9999.',
  (text) => {
    const time = rfc3339.test(text) ? new Date(text) : null;
    if (time === null || Number.isNaN(time.getTime())) return null;
    const year = time.getUTCFullYear();
    return year >= 1 && year <= 9999 ? time.toISOString() : null;
  },
);

export const UInt64 = textScalar(
  'UInt64',
  'Unsigned 64-bit counter as a decimal string, because JSON numbers lose precision above 2^53.',
  (text) => (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n ? text : null),
);

function objectIn(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new GraphQLError('JSONObject is malformed');
  return value;
}

export const JSONObject = new GraphQLScalarType<object, object>({
  name: 'JSONObject',
  description: 'An object of JSON, as it is.',
  serialize: (value) => value as object,
  parseValue: objectIn,
  parseLiteral: (node, variables) => objectIn(valueFromASTUntyped(node, variables)),
});

export const EventCursor = textScalar(
  'EventCursor',
  'Opaque position in the event log. Compare only for equality.',
  (text) => (text.length <= 256 ? text : null),
);

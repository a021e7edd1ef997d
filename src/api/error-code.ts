import { registerEnumType } from 'type-graphql';
import { errorCodes, type ErrorCode } from '../core/failure.js';

/** The closed list of `extensions.code`, as an enum that clients can read from the schema. */
export const ErrorCodeEnum = Object.fromEntries(
  Object.keys(errorCodes).map((code) => [code, code]),
) as Record<ErrorCode, ErrorCode>;

registerEnumType(ErrorCodeEnum, {
  name: 'ErrorCode',
  description:
    'Every code that can stand in `extensions.code` of an error. The facts named behind a code stand beside it in `extensions`.',
  valuesConfig: Object.fromEntries(
    Object.entries(errorCodes).map(([code, description]) => [code, { description }]),
  ),
});

/**
 * Something the operator must mend before the server can start. Printed as one sentence, without a stack,
 * and the process exits with 1.
 */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

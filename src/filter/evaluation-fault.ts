/**
 * `not-found`: a path leads nowhere, which callers take for no match. The others say that the filter does not
 * fit what it was asked about: a value of a kind that the comparison is not for, a literal that is no such
 * value, or more work than one evaluation may take.
 */
export type EvaluationFaultKind = 'not-found' | 'wrong-kind' | 'bad-literal' | 'too-much-work';

/** An evaluation that has no answer. */
export class EvaluationFault extends Error {
  override readonly name = 'EvaluationFault';

  constructor(
    readonly kind: EvaluationFaultKind,
    message: string,
  ) {
    super(message);
  }
}

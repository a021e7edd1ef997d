import { describeProblem, Failure, type Problem } from '../core/failure.js';

/** The reasons for which a grant string is refused, for machines: they never change their names. */
export const grantFaultKinds = [
  ...(['grant_empty', 'role_scope_missing', 'grant_scope_missing'] as const),
  ...(['seg_equals', 'seg_no_key', 'seg_no_value', 'json_decode'] as const),
  ...(['id_not_string', 'id_empty', 'id_bad_char', 'ids_not_array'] as const),
  ...(['type_not_string', 'type_unknown'] as const),
  ...(['actions_not_array', 'action_not_string', 'action_empty', 'action_bad_char'] as const),
  ...(['output_fields_not_array', 'output_fields_bad_char'] as const),
  ...(['id_and_ids', 'ids_wildcard_mixed', 'ids_mixed_types', 'template_unknown'] as const),
  ...(['actions_missing', 'action_unknown', 'action_star_mixed'] as const),
  ...(['wildcard_id_without_type', 'id_unknown_prefix', 'create_list_needs_type'] as const),
  ...(['id_has_no_child_types', 'type_not_child_of_id'] as const),
  ...(['no_id_no_type', 'wildcard_type_without_id', 'only_create_or_list', 'nothing_authorized'] as const),
] as const;

export type GrantFaultKind = (typeof grantFaultKinds)[number];

/** A refusal with a kind for machines behind the sentence for people. Clients get the sentence. */
export class GrantFault<Kind extends string = GrantFaultKind> extends Failure {
  constructor(
    readonly kind: Kind,
    problem: Problem,
  ) {
    super(problem);
  }

  /** The same refusal, of a value that stands at that path of the input. */
  at(path: string): GrantFault<Kind> {
    const { problem } = this;
    if (problem.code !== 'INVALID_INPUT') return this;
    return new GrantFault(this.kind, { ...problem, issues: problem.issues.map((one) => ({ ...one, path })) });
  }

  /** What is wrong, without the path. */
  get sentence(): string {
    const { problem } = this;
    return problem.code === 'INVALID_INPUT'
      ? problem.issues.map(({ message }) => message).join('; ')
      : describeProblem(problem);
  }
}

/** True for a refusal of a grant or of what a role is given, where a rule returns one beside its result. */
export function isGrantFault<Result, Kind extends string>(
  result: Result | GrantFault<Kind>,
): result is GrantFault<Kind> {
  return result instanceof GrantFault;
}

/** Makes refusals of one text, which each of them quotes. */
export type Refuse = (kind: GrantFaultKind, message: string) => GrantFault;

const mostQuoted = 200;

/** How to refuse that grant string, at the path `grant`. */
export function refusalOf(text: string): Refuse {
  return (kind, message) => {
    const sentence = `${shortened(message)} in ${JSON.stringify(shortened(text))}`;
    return new GrantFault(kind, { code: 'INVALID_INPUT', issues: [{ path: 'grant', message: sentence }] });
  };
}

function shortened(text: string): string {
  return text.length > mostQuoted ? `${text.slice(0, mostQuoted)}…` : text;
}

import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { given } from '../core/text.rules.js';
import { cleanEntries } from './address-policy.rules.js';
import { updateRow } from './change-row.js';
import type { Scope } from './scope.entity.js';
import { scopeKind } from './scope.kinds.js';

export interface SetAddressPolicyInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly allow?: readonly string[] | null;
  readonly deny?: readonly string[] | null;
}

/**
 * Bounds the addresses of targets and hosts in all projects below global or an org. What is there already stays, but
 * no session is authorized to an address that is refused, and those that go there end. Needs `update` on the scope.
 */
export function setScopeAddressPolicy(ctx: Ctx, input: SetAddressPolicyInput): Promise<Scope | null> {
  return updateRow(ctx, scopeKind, input, (scope) => {
    if (scope.type === 'project')
      throw invalidInput('input.id', 'is a project; its addresses are bounded by its org and by global');
    return given({
      addressAllow: storedList('input.allow', input.allow),
      addressDeny: storedList('input.deny', input.deny),
    });
  });
}

function storedList(
  path: string,
  entries: readonly string[] | null | undefined,
): string[] | null | undefined {
  if (entries === undefined) return undefined;
  const clean = cleanEntries(path, entries ?? []);
  return clean.length === 0 ? null : clean;
}

import { Failure } from '../core/failure.js';

/** What an input says of being disabled: null lets in again, left out it stays as it is. */
export function disabledOf(given: boolean | null | undefined): boolean | undefined {
  return given === null ? false : given;
}

/** Refuses to disable oneself, which oneself could not undo. */
export function refuseSelf(isDisabled: boolean | undefined, isSelf: boolean, whom: string): void {
  if (isDisabled !== true || !isSelf) return;
  const message = `you would lock yourself out; let somebody else disable ${whom}`;
  throw new Failure({ code: 'LOCKOUT_REFUSED', message });
}

import type { Acl } from '../core/acl.js';
import { isReadingAction } from './action.js';

/** The part of an access that changes nothing: what a caller may read, list and watch, and no more. */
export function readOnlyAcl(acl: Acl): Acl {
  return {
    may: (action, on) => isReadingAction(action) && acl.may(action, on),
    why: (action, on) => (isReadingAction(action) ? acl.why(action, on) : []),
    actionsOn: (actions, on) => acl.actionsOn(actions.filter(isReadingAction), on),
    fieldsFor: (action, on) => acl.fieldsFor(action, on),
    // What nothing may be read of is not listed either, or pages would come out short.
    listPermission: (type, idActions) => acl.listPermission(type, idActions.filter(isReadingAction)),
    listedField: (type, field) => acl.listedField(type, field),
    get viewKey() {
      return `read-only\n${acl.viewKey}`;
    },
  };
}

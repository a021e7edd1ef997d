// Cases of what a role is given and what is taken from it.
const { isGrantFault } = require('../../dist/grant/grant-fault.js');
const { parseStoredGrant, printGrant } = require('../../dist/grant/grant.js');
const {
  addGrantScopes,
  removeGrantScopes,
  setGrantScopes,
} = require('../../dist/role/grant-scopes.rules.js');
const { addGrants, removeGrants, setGrants } = require('../../dist/role/role-grants.rules.js');

// The scopes there are in cases that name no others.
const parents = new Map([
  ['global', null],
  ...[1, 2].flatMap((digit) => {
    const number = String(digit).repeat(10);
    return [
      [`o_${number}`, 'global'],
      [`p_${number}`, `o_${number}`],
    ];
  }),
]);

const grantRules = { add: addGrants, set: setGrants, remove: removeGrants };
const scopeRules = {
  add: addGrantScopes,
  set: setGrantScopes,
  remove: (home, held, unwanted) => removeGrantScopes(home, held, unwanted),
};

function homeIn(scopeId) {
  const type = { g: 'global', o: 'org', p: 'project' }[scopeId[0]];
  return { scopeId, type };
}

function answer(change, form) {
  return isGrantFault(change) ? { ok: false, error_class: change.kind } : { ok: true, ...form(change) };
}

const roleKinds = {
  role_grants: ({ op, existing, grants }) => {
    const held = existing.map((raw) => ({ raw, canonical: printGrant(parseStoredGrant(raw)) }));
    return answer(grantRules[op](held, grants), (change) => ({
      grants: change.grants.map(({ canonical }) => canonical),
    }));
  },

  role_grant_scopes: ({ op, role_scope_id, existing, grant_scope_ids }) =>
    answer(scopeRules[op](homeIn(role_scope_id), existing, grant_scope_ids, parents), ({ grantScopes }) => ({
      grant_scope_ids: grantScopes,
    })),
};

module.exports = { roleKinds };

// Cases of single decisions.
const { makeAcl } = require('../../dist/grant/acl.js');
const { actions } = require('../../dist/grant/action.js');
const { parseGrant, parseStoredGrant } = require('../../dist/grant/grant.js');
const { makeJudge } = require('../../dist/grant/judge.js');
const { isAnonymousId } = require('../../dist/grant/output-fields.js');
const { resourceTypeNames } = require('../../dist/grant/resource-type.js');
const { scoped } = require('../../dist/grant/scoped-grant.js');
const { idPrefixes } = require('../../dist/core/id.js');

/** The grants of a case, in their scopes and with who they stand for. */
function scopedGrantsOf({ grants, skip_final_validation, template_user_id, account_id }) {
  const values = { userId: template_user_id ?? null, accountId: account_id ?? null };
  const read = skip_final_validation ? parseStoredGrant : parseGrant;
  return grants.map((one) =>
    scoped(
      {
        roleScopeId: one.role_scope_id,
        roleParentScopeId: one.role_parent_scope_id || null,
        grantScope: one.grant_scope_id,
      },
      read(one.grant, values),
    ),
  );
}

function thing({ type, id, scope_id, parent_scope_id, pin }) {
  return {
    type: type ?? '',
    id: id || null,
    scopeId: scope_id,
    parentScopeId: parent_scope_id || null,
    pin: pin || null,
  };
}

// The groups of a world hold users, and may be principals as users are.
function principalsOf(user, { groups = [] }) {
  if (isAnonymousId(user)) return ['u_anon'];
  const joined = groups.filter(({ member_ids = [] }) => member_ids.includes(user)).map(({ id }) => id);
  return ['u_anon', 'u_auth', user, ...joined];
}

function grantsIn(world, user) {
  const principals = principalsOf(user, world);
  return world.roles
    .filter(({ principal_ids }) => principal_ids.some((id) => principals.includes(id)))
    .flatMap(({ scope_id, grant_scope_ids, grants }, index) =>
      grant_scope_ids.flatMap((grantScope) =>
        grants.map((canonical) => ({
          roleId: `r_${index}`,
          roleScopeId: scope_id,
          grantScope,
          canonical,
        })),
      ),
    );
}

function idOf(type) {
  const prefix = Object.hasOwn(idPrefixes, type) ? idPrefixes[type][0] : null;
  if (prefix === null) return 'foobar';
  return prefix === 'global' ? prefix : `${prefix}_foobar`;
}

const aclKinds = {
  acl: (input) => {
    const isAnonymous = isAnonymousId(input.user_id) && !input.skip_anonymous_restrictions;
    const judgment = makeJudge(scopedGrantsOf(input), isAnonymous)(thing(input.resource));
    return {
      authorized: judgment.may(input.action),
      output_fields: judgment.fields(input.action) ?? [],
    };
  },

  // Every type with every action; an answer that differs from what is expected of its pair is told by the pair.
  anon_matrix: ({ user_id, grant_template, role_scope_id, grant_scope_id, resource, types_excluded }) => {
    const pairs = [];
    const types = ['*', ...resourceTypeNames].filter((type) => !types_excluded.includes(type));
    for (const type of types) {
      for (const action of ['*', ...actions]) {
        const canonical = grant_template.replace('<T>', type).replace('<A>', action);
        const unread = [];
        const acl = makeAcl(
          { userId: user_id, accountId: null },
          [{ roleId: 'r_one', roleScopeId: role_scope_id, grantScope: grant_scope_id, canonical }],
          (_, why) => unread.push(why),
        );
        if (unread.length > 0) throw new Error(`a grant of the matrix is not read: ${unread[0]}`);
        if (acl.may(action, thing({ ...resource, type, id: idOf(type) }))) pairs.push([type, action]);
      }
    }
    return { authorized_pairs: pairs, all_other_pairs: 'denied' };
  },

  hierarchy_acl: ({ world, user_id, resource, action }, worlds) => {
    if (!Object.hasOwn(worlds, world)) throw new Error(`there is no world ${world}`);
    const acl = makeAcl({ userId: user_id, accountId: null }, grantsIn(worlds[world], user_id));
    return { authorized: acl.may(action, thing(resource)) };
  },
};

module.exports = { aclKinds, scopedGrantsOf };

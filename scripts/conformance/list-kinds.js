// Cases of what lists may show, scope by scope.
const { anywherePermissions, scopePermissions } = require('../../dist/grant/scope-permission.js');
const { scopedGrantsOf } = require('./acl-kinds.js');

function permissionForm({ roleScopeId, roleParentScopeId, grantScope, type, isAll, isOnlySelf, ids }) {
  return {
    role_scope_id: roleScopeId,
    role_parent_scope_id: roleParentScopeId ?? '',
    grant_scope_id: grantScope,
    resource_type: type,
    all: isAll,
    only_self: isOnlySelf,
    resource_ids: ids,
  };
}

const listKinds = {
  list_permissions: (input) => {
    // A scope of which nothing is known is not asked.
    const scopes = input.scopes.filter((scope) => scope.info !== null);
    const permissions = scopePermissions(
      input.user_id,
      scopedGrantsOf(input),
      scopes.map(({ id, parent_scope_id }) => ({ id, parentId: parent_scope_id || null })),
      input.resource_type,
      input.id_actions,
    );
    return { permissions: permissions.map(permissionForm) };
  },

  resolvable_alias_permissions: (input) => ({
    permissions: anywherePermissions(scopedGrantsOf(input), input.resource_type, input.id_actions).map(
      permissionForm,
    ),
  }),
};

module.exports = { listKinds };

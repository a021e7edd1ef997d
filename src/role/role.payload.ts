import { deletedType, payloadType } from '../api/payload.js';
import { Role } from './role.entity.js';

export const CreateRolePayload = payloadType('createRole', 'role', () => Role);
export const UpdateRolePayload = payloadType('updateRole', 'role', () => Role);
export const DeleteRolePayload = deletedType('deleteRole');

export const AddRolePrincipalsPayload = payloadType('addRolePrincipals', 'role', () => Role);
export const SetRolePrincipalsPayload = payloadType('setRolePrincipals', 'role', () => Role);
export const RemoveRolePrincipalsPayload = payloadType('removeRolePrincipals', 'role', () => Role);

export const AddRoleGrantsPayload = payloadType('addRoleGrants', 'role', () => Role);
export const SetRoleGrantsPayload = payloadType('setRoleGrants', 'role', () => Role);
export const RemoveRoleGrantsPayload = payloadType('removeRoleGrants', 'role', () => Role);

export const AddRoleGrantScopesPayload = payloadType('addRoleGrantScopes', 'role', () => Role);
export const SetRoleGrantScopesPayload = payloadType('setRoleGrantScopes', 'role', () => Role);
export const RemoveRoleGrantScopesPayload = payloadType('removeRoleGrantScopes', 'role', () => Role);

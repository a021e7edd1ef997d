import { deletedType, payloadType } from '../api/payload.js';
import { Group } from './group.entity.js';

export const CreateGroupPayload = payloadType('createGroup', 'group', () => Group);
export const UpdateGroupPayload = payloadType('updateGroup', 'group', () => Group);
export const DeleteGroupPayload = deletedType('deleteGroup');
export const AddGroupMembersPayload = payloadType('addGroupMembers', 'group', () => Group);
export const SetGroupMembersPayload = payloadType('setGroupMembers', 'group', () => Group);
export const RemoveGroupMembersPayload = payloadType('removeGroupMembers', 'group', () => Group);

import { deletedType, payloadType } from '../api/payload.js';
import { Alias } from './alias.entity.js';
import { Target } from './target.entity.js';

export const CreateTargetPayload = payloadType('createTarget', 'target', () => Target);
export const UpdateTargetPayload = payloadType('updateTarget', 'target', () => Target);
export const DeleteTargetPayload = deletedType('deleteTarget');
export const AddTargetHostSourcesPayload = payloadType('addTargetHostSources', 'target', () => Target);
export const SetTargetHostSourcesPayload = payloadType('setTargetHostSources', 'target', () => Target);
export const RemoveTargetHostSourcesPayload = payloadType('removeTargetHostSources', 'target', () => Target);
export const AddTargetCredentialSourcesPayload = payloadType(
  'addTargetCredentialSources',
  'target',
  () => Target,
);
export const SetTargetCredentialSourcesPayload = payloadType(
  'setTargetCredentialSources',
  'target',
  () => Target,
);
export const RemoveTargetCredentialSourcesPayload = payloadType(
  'removeTargetCredentialSources',
  'target',
  () => Target,
);

export const CreateAliasPayload = payloadType('createAlias', 'alias', () => Alias);
export const UpdateAliasPayload = payloadType('updateAlias', 'alias', () => Alias);
export const DeleteAliasPayload = deletedType('deleteAlias');

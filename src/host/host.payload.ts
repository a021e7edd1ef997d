import { deletedType, payloadType } from '../api/payload.js';
import { HostCatalog } from './host-catalog.entity.js';
import { HostSet } from './host-set.entity.js';
import { Host } from './host.entity.js';

export const CreateHostCatalogPayload = payloadType('createHostCatalog', 'hostCatalog', () => HostCatalog);
export const UpdateHostCatalogPayload = payloadType('updateHostCatalog', 'hostCatalog', () => HostCatalog);
export const DeleteHostCatalogPayload = deletedType('deleteHostCatalog');

export const CreateHostPayload = payloadType('createHost', 'host', () => Host);
export const UpdateHostPayload = payloadType('updateHost', 'host', () => Host);
export const DeleteHostPayload = deletedType('deleteHost');

export const CreateHostSetPayload = payloadType('createHostSet', 'hostSet', () => HostSet);
export const UpdateHostSetPayload = payloadType('updateHostSet', 'hostSet', () => HostSet);
export const DeleteHostSetPayload = deletedType('deleteHostSet');
export const AddHostSetHostsPayload = payloadType('addHostSetHosts', 'hostSet', () => HostSet);
export const SetHostSetHostsPayload = payloadType('setHostSetHosts', 'hostSet', () => HostSet);
export const RemoveHostSetHostsPayload = payloadType('removeHostSetHosts', 'hostSet', () => HostSet);

import { isEveryAddress, isLoopbackHost } from './core/listen-host.js';
import { StartFailure } from './core/start-failure.js';
import { checkListenSettings, type ListenSettings } from './graphql/listener.js';
import { makeDialPolicy } from './proxy/dial-policy.js';
import type { Settings } from './settings.js';

/** Refuses settings that do not go together. A start asks this before it touches anything. */
export function checkSettings(settings: Settings): void {
  checkListenSettings(listenSettings(settings));
  makeDialPolicy({ allow: settings.workerAllow, deny: settings.workerDeny, ownListeners: [] });
  checkWorkerAddress(settings);
  checkDemoDatabase(settings);
}

export function listenSettings({ api, ...settings }: Settings): ListenSettings {
  const { tls, isBehindProxy, publicUrl, allowedOrigins } = settings;
  return { ...api, tls, isBehindProxy, publicUrl, allowedOrigins };
}

/** Whether the API is for this machine alone: the demo and its login are for nothing else. */
export function isLocal({ api, isBehindProxy, publicUrl }: Settings): boolean {
  return isLoopbackHost(api.host) && !isBehindProxy && publicUrl === null;
}

function checkWorkerAddress({ proxy, proxyPublicAddress }: Settings): void {
  const host = proxyPublicAddress === null ? proxy.host : hostOf(proxyPublicAddress);
  if (!isEveryAddress(host)) return;
  throw new StartFailure(
    `${host} is no address that clients can dial; say in --proxy-public-address how they reach the worker`,
  );
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

function checkDemoDatabase(settings: Settings): void {
  if (!settings.demoDatabasePort) return;
  if (settings.databaseUrl !== null) {
    throw new StartFailure(
      'the demo database stands beside an embedded database only; leave out --demo-database-port or DATABASE_URL',
    );
  }
  if (!isLocal(settings)) {
    throw new StartFailure(
      'the demo database has a password that anybody knows and is for this machine alone; leave out ' +
        '--demo-database-port, or serve the API on loopback without --behind-proxy and --public-url',
    );
  }
}

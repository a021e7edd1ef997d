import { hostAndPort } from './client-program.js';
import { option, type KnownProgram } from './known-program.js';
import { bareHost, siteOf, siteOfSession } from './site.js';

export const kube: KnownProgram<'scheme' | 'host'> = {
  name: 'kube',
  description: 'connect to a Kubernetes API and run kubectl on it',
  flags: {
    scheme: {
      value: 'scheme',
      says: 'https (when left out) or http',
      fault: (value) => (value === 'https' || value === 'http' ? null : 'must be https or http'),
    },
    host: {
      value: 'host',
      says: 'name in the certificate of the API; the address of the target when left out',
      fault: (value) => (siteOf(value)?.port === '' ? null : 'must be a host name or an IP address'),
    },
  },
  styles: {
    kubectl: {
      needs: { kubectl: 'install it from kubernetes.io' },
      // Behind the -- of `kubectl exec`, the address would be a part of the command.
      isGivenLast: true,
      args({ local, session, flags }) {
        const site = flags.host === undefined ? siteOfSession(session) : siteOf(flags.host);
        return [
          ...option('--tls-server-name', site === null ? undefined : bareHost(site)),
          ...['--server', `${flags.scheme ?? 'https'}://${hostAndPort(local)}`],
        ];
      },
      fault: ({ given }) =>
        given.length > 0 ? null : 'say behind -- what kubectl is to do: postern connect kube … -- get pods',
    },
  },
  examples: [
    '-target-name=cluster -target-scope-name=Production -host=kubernetes -- get pods',
    '-target-id=ttcp_1234567890 -host=kubernetes -- exec -it web-0 -- sh',
  ],
};

import { makeIdentity } from '../../src/proxy/identity';
import { row, type MutationRow } from './mutation-row';
import { newSession, newTarget, project } from './world';

const { publicKey: clientPublicKey } = makeIdentity('test');

export const sessionRows: readonly MutationRow[] = [
  row('authorizeSession', 'target authorize-session', newTarget, (targetId) => ({
    targetId,
    clientPublicKey,
  })),
  // By its name, which is its id here.
  row('authorizeSession', 'target authorize-session', newTarget, (name) => ({ name, scopeId: project })),
  row('cancelSession', 'session cancel', newSession, ({ id }) => ({ id, comment: 'enough' })),
  {
    mutation: 'redeemAuthorization',
    async proof(world) {
      const [{ token }, other] = [await newSession(world), await newSession(world)];
      const secret = token.slice(token.lastIndexOf('_'));
      return {
        right: { clientPublicKey, token },
        wrong: { clientPublicKey, token: `${token.slice(0, -4)}AAAA` },
        hidden: { clientPublicKey, token: other.id + secret },
        missing: { clientPublicKey, token: `s_0000000000${secret}` },
      };
    },
    refusedAs: ['UNAUTHENTICATED', 'UNAUTHENTICATED'],
  },
];

import { parseGrant, parseStoredGrant, printGrant } from '../../src/grant/grant';
import type { GrantFaultKind } from '../../src/grant/grant-fault';
import { readRawGrant } from '../../src/grant/grant-syntax';
import { faultOf } from '../support/grant-fault';

describe('a stored grant', () => {
  test.each([
    ['type=*;actions=read'],
    ['ids=srv_a;actions=read'],
    ['ids=ttcp_a;type=target;actions=list'],
    ['type=host;actions=list'],
    ['output_fields=id'],
  ])('is read although it can grant nothing: %s', (text) => {
    expect(printGrant(parseStoredGrant(text))).toBe(text);
    expect(faultOf(() => parseGrant(text))).not.toBeNull();
  });

  test.each<readonly [string, GrantFaultKind]>([
    ['ids=u_a;type=server;actions=read', 'type_unknown'],
    ['ids=u_a;actions=fly', 'action_unknown'],
    ['ids={{x}};actions=read', 'template_unknown'],
    ['ids=u_a,g_a;actions=read', 'ids_mixed_types'],
    ['ids=u_a', 'actions_missing'],
  ])('is refused where nobody knows what it means: %s', (text, kind) => {
    expect(faultOf(() => parseStoredGrant(text))?.kind).toBe(kind);
  });
});

describe('a template', () => {
  const caller = { userId: 'u_me', accountId: 'acctpw_mine' };
  const idsFor = (id: string, values: { userId: string | null; accountId: string | null }) =>
    parseStoredGrant(`ids=${id};actions=read`, values).ids;

  test.each([
    ['{{user.id}}', 'u_me'],
    ['{{ .User.Id }}', 'u_me'],
    ['{{account.id}}', 'acctpw_mine'],
    ['{{\u00a0.Account.Id', 'acctpw_mine'],
    ['u_{{user.id}}', 'u_{{user.id}}'],
  ])('stands for the caller as a whole id: %s becomes %s', (id, becomes) => {
    expect(idsFor(id, caller)).toEqual([becomes]);
    expect(parseGrant(`ids=${id};actions=read`, caller).ids).toEqual([becomes]);
  });

  test.each([
    ['{{account.id}}', { userId: 'u_me', accountId: null }],
    ['{{user.id}}', { userId: '', accountId: 'acctpw_mine' }],
  ])('stays as it is where nobody is known for it: %s', (id, values) => {
    expect(idsFor(id, values)).toEqual([id]);
  });
});

describe('the reader of the syntax alone', () => {
  const none = { id: null, ids: null, type: null, actions: [], outputFields: null };

  test.each([
    ['{}', none],
    ['actions=Fly,READ,read', { ...none, actions: ['fly', 'read', 'read'] }],
    ['type=controller', { ...none, type: 'controller' }],
    ['id=u_a;ids=*,u_b', { ...none, id: 'u_a', ids: ['*', 'u_b'] }],
    ['{"ids":[],"output_fields":[]}', { ...none, ids: [], outputFields: [] }],
    ['colour=red', none],
  ])('does not ask what a grant means: %s', (text, means) => {
    expect(readRawGrant(text)).toEqual(means);
  });

  test('reads JSON where it is told so', () => {
    expect(faultOf(() => readRawGrant('ids=*', 'json'))?.kind).toBe('json_decode');
    expect(faultOf(() => readRawGrant('[]', 'json'))?.kind).toBe('json_decode');
    expect(faultOf(() => readRawGrant('{}', 'text'))?.kind).toBe('seg_equals');
  });
});

import { Failure } from '../../src/core/failure';
import { parseGrant, printGrant, resolveIds, type Grant } from '../../src/grant/grant';

const nothing: Grant = { ids: [], type: null, actions: [], outputFields: null };

/** Name, text, what it means, and how it prints when that differs from the text. */
type Accepted = readonly [string, string, Partial<Grant>, string?];

const accepted: readonly Accepted[] = [
  [
    'every resource of one type',
    'ids=*;type=target;actions=read',
    { ids: ['*'], type: 'target', actions: ['read'] },
  ],
  [
    'everything, as administrators have it',
    'ids=*;type=*;actions=*',
    { ids: ['*'], type: '*', actions: ['*'] },
  ],
  ['one id without a type', 'ids=ttcp_a;actions=read', { ids: ['ttcp_a'], actions: ['read'] }],
  [
    'one id with its own type',
    'ids=ttcp_a;type=target;actions=read',
    { ids: ['ttcp_a'], type: 'target', actions: ['read'] },
  ],
  ['the one id without an underscore', 'ids=global;actions=read', { ids: ['global'], actions: ['read'] }],
  [
    'a built-in user by its id',
    'ids=u_anon;actions=read,update',
    { ids: ['u_anon'], actions: ['read', 'update'] },
  ],
  [
    'several ids of one type in the order written',
    'ids=ttcp_b,tssh_a;actions=read',
    { ids: ['ttcp_b', 'tssh_a'], actions: ['read'] },
  ],
  [
    'old and new prefixes of one type together',
    'ids=apw_a,acctpw_b,acctoidc_c;actions=delete',
    { ids: ['apw_a', 'acctpw_b', 'acctoidc_c'], actions: ['delete'] },
  ],
  [
    'children pinned by the id of their container',
    'ids=hcst_a;type=host;actions=create,list',
    { ids: ['hcst_a'], type: 'host', actions: ['create', 'list'] },
  ],
  [
    'all kinds of children of one container',
    'ids=csst_a;type=*;actions=*',
    { ids: ['csst_a'], type: '*', actions: ['*'] },
  ],
  ['a collection without ids', 'type=session;actions=list', { type: 'session', actions: ['list'] }],
  [
    'both collection actions without ids',
    'type=role;actions=list,create',
    { type: 'role', actions: ['create', 'list'] },
    'type=role;actions=create,list',
  ],
  [
    'a sub-action of create without ids',
    'type=worker;actions=create:worker-led',
    { type: 'worker', actions: ['create:worker-led'] },
  ],
  [
    'collection actions that are neither list nor create, with ids=*',
    'ids=*;type=scope;actions=rotate-keys,list-keys',
    { ids: ['*'], type: 'scope', actions: ['list-keys', 'rotate-keys'] },
    'ids=*;type=scope;actions=list-keys,rotate-keys',
  ],
  [
    'list beside an action on the one id',
    'ids=ttcp_a;type=target;actions=read,list',
    { ids: ['ttcp_a'], type: 'target', actions: ['list', 'read'] },
    'ids=ttcp_a;type=target;actions=list,read',
  ],
  [
    'an action that makes no sense for the type',
    'ids=*;type=group;actions=cancel',
    { ids: ['*'], type: 'group', actions: ['cancel'] },
  ],
  [
    'actions in upper case',
    'ids=*;type=session;actions=READ:Self,CANCEL',
    { ids: ['*'], type: 'session', actions: ['cancel', 'read:self'] },
    'ids=*;type=session;actions=cancel,read:self',
  ],
  [
    'a type in upper case',
    'type=Auth-Method;actions=list',
    { type: 'auth-method', actions: ['list'] },
    'type=auth-method;actions=list',
  ],
  [
    'ids and fields in the case written',
    'ids=s_aB;actions=read;output_fields=ID,id',
    { ids: ['s_aB'], actions: ['read'], outputFields: ['ID', 'id'] },
  ],
  [
    'an action named twice',
    'ids=*;type=user;actions=read,delete,read',
    { ids: ['*'], type: 'user', actions: ['delete', 'read'] },
    'ids=*;type=user;actions=delete,read',
  ],
  [
    'segments in any order',
    'output_fields=name,id;actions=read;type=alias;ids=*',
    { ids: ['*'], type: 'alias', actions: ['read'], outputFields: ['id', 'name'] },
    'ids=*;type=alias;actions=read;output_fields=id,name',
  ],
  [
    'an unknown key, which says nothing',
    'colour=red;ids=*;type=user;actions=read',
    { ids: ['*'], type: 'user', actions: ['read'] },
    'ids=*;type=user;actions=read',
  ],
  [
    'a key written twice, the last of which counts',
    'ids=u_a;ids=*;type=user;type=group;actions=read;actions=list',
    { ids: ['*'], type: 'group', actions: ['list'] },
    'ids=*;type=group;actions=list',
  ],
  [
    'output fields written twice, which add up',
    'ids=*;type=user;actions=read;output_fields=name,id;output_fields=id,version',
    { ids: ['*'], type: 'user', actions: ['read'], outputFields: ['id', 'name', 'version'] },
    'ids=*;type=user;actions=read;output_fields=id,name,version',
  ],
  [
    'a * among the output fields, which takes in all others',
    'ids=*;type=user;actions=read;output_fields=name,*;output_fields=id',
    { ids: ['*'], type: 'user', actions: ['read'], outputFields: ['*'] },
    'ids=*;type=user;actions=read;output_fields=*',
  ],
  [
    'output fields that are given and empty',
    'ids=*;type=user;actions=read;output_fields=',
    { ids: ['*'], type: 'user', actions: ['read'], outputFields: [] },
  ],
  [
    'output fields without an action',
    'ids=*;type=target;output_fields=id',
    { ids: ['*'], type: 'target', outputFields: ['id'] },
  ],
  [
    'output fields of a collection without an action',
    'type=target;output_fields=id',
    { type: 'target', outputFields: ['id'] },
  ],
  ['the id of the caller', 'ids={{.User.Id}};actions=read', { ids: ['{{.User.Id}}'], actions: ['read'] }],
  [
    'the account of the caller, kept as it was written',
    'ids={{  account.id }};actions=change-password',
    { ids: ['{{  account.id }}'], actions: ['change-password'] },
  ],
  ['a template that is not closed', 'ids={{user.id;actions=read', { ids: ['{{user.id'], actions: ['read'] }],
  [
    'two templates together',
    'ids={{.Account.Id}},{{user.id}};actions=read',
    { ids: ['{{.Account.Id}}', '{{user.id}}'], actions: ['read'] },
  ],
  [
    'a template with the type of what it stands for',
    'ids={{user.id}};type=user;actions=list-resolvable-aliases',
    { ids: ['{{user.id}}'], type: 'user', actions: ['list-resolvable-aliases'] },
  ],
  [
    'braces inside an id, which are no template',
    'ids=u_{{user.id}};actions=read',
    { ids: ['u_{{user.id}}'], actions: ['read'] },
  ],
  [
    'the old key for a single id',
    'id=ttcp_a;actions=read',
    { ids: ['ttcp_a'], actions: ['read'] },
    'ids=ttcp_a;actions=read',
  ],
];

const acceptedRows = accepted.map(
  ([name, text, means, prints = text]) => [name, text, means, prints] as const,
);

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['an empty text', '', /there is nothing/],
  ['a segment without =', 'ids=*;type', /a segment must be key=value/],
  ['a segment with two =', 'ids=*;type=user;actions=read=write', /a segment must be key=value/],
  ['a semicolon at the end', 'ids=*;type=user;actions=read;', /a segment must be key=value/],
  ['a semicolon too many', 'ids=*;;type=user;actions=read', /a segment must be key=value/],
  ['a value without a key', '=*;type=user;actions=read', /a segment has no key/],
  ['ids without a value', 'ids=;type=user;actions=read', /ids has no value/],
  ['a type without a value', 'ids=*;type=;actions=read', /type has no value/],
  ['actions without a value', 'ids=*;type=user;actions=', /actions has no value/],
  ['an unknown key without a value', 'colour=;ids=*;type=user;actions=read', /colour has no value/],
  ['an empty id among others', 'ids=u_a,,u_b;actions=read', /an id is empty/],
  ['an empty action among others', 'ids=*;type=user;actions=read,', /an action is empty/],
  ['several ids under the key for a single one', 'id=u_a,u_b;actions=read', /\bid\b/],
  ['both keys for ids', 'id=u_a;ids=u_b;actions=read', /\bid\b.*\bids\b/],
  ['a type nobody knows', 'ids=*;type=server;actions=read', /unknown type server/],
  ['a type in the plural', 'ids=*;type=targets;actions=read', /unknown type targets/],
  ['the type controller', 'ids=*;type=controller;actions=read', /unknown type controller/],
  ['the type unknown', 'ids=*;type=unknown;actions=read', /unknown type unknown/],
  ['a type with a space before it', 'ids=*;type= user;actions=read', /unknown type {2}user/],
  ['a type named like a property of every object', 'ids=*;type=constructor;actions=read', /unknown type/],
  ['a key with a space before it, which is another key', 'ids=*; type=user;actions=read', /needs a type/],
  ['no action and no output field', 'ids=*;type=user', /no actions/],
  ['an action nobody knows', 'ids=*;type=user;actions=read,write', /unknown action write/],
  ['an action with a space before it', 'ids=*;type=user;actions=read, list', /unknown action {2}list/],
  ['a sub-action nobody knows', 'ids=*;type=user;actions=read:others', /unknown action read:others/],
  ['* beside another action', 'ids=*;type=user;actions=*,read', /\* stands beside other actions/],
  ['* beside another id', 'ids=*,u_a;type=user;actions=read', /\* stands beside other ids/],
  ['ids of different types', 'ids=u_a,g_a;actions=read', /ids of different types/],
  ['a template beside an id', 'ids={{user.id}},u_a;actions=read', /ids of different types/],
  ['a template nobody knows', 'ids={{user.name}};actions=read', /unknown template \{\{user.name\}\}/],
  ['a template in the wrong case', 'ids={{User.Id}};actions=read', /unknown template/],
  ['an empty template', 'ids={{}};actions=read', /unknown template/],
  ['an id whose prefix nobody knows', 'ids=srv_a;actions=read', /unknown id prefix of srv_a/],
  [
    'a typed id whose prefix nobody knows',
    'ids=srv_a;type=target;actions=read',
    /unknown id prefix of srv_a/,
  ],
  ['an id of something no grant can name', 'ids=sc_a;actions=read', /unknown id prefix of sc_a/],
  ['ids=* without a type', 'ids=*;actions=read', /needs a type/],
  ['neither ids nor a type', 'actions=list', /a type is needed/],
  ['every type without ids', 'type=*;actions=list', /a type is needed/],
  ['an action on one resource without ids', 'type=user;actions=read', /only create and list/],
  ['every action without ids', 'type=user;actions=*', /only create and list/],
  ['list-keys without ids, which is no kind of list', 'type=scope;actions=list-keys', /only create and list/],
  ['list beside read without ids', 'type=user;actions=list,read', /only create and list/],
  [
    'two kinds of create without ids',
    'type=worker;actions=create:controller-led,create:worker-led',
    /create/,
  ],
  ['children without their container', 'type=host;actions=list', /listed below its container/],
  ['a type that has no list', 'type=billing;actions=list', /billing/],
  ['create on one id without a type', 'ids=u_a;actions=create', /create and list need a type/],
  ['list beside read on one id without a type', 'ids=u_a;actions=read,list', /create and list need a type/],
  ['list alone on one id', 'ids=ttcp_a;type=target;actions=list', /not granted on one id/],
  ['a child with its own type', 'ids=hst_a;type=host;actions=read', /host is not found below host/],
  ['an id with another type', 'ids=u_a;type=group;actions=read', /group is not found below user/],
  ['a container of another kind', 'ids=hcst_a;type=account;actions=read', /not found below host-catalog/],
  ['type=* on an id that holds nothing', 'ids=ttcp_a;type=*;actions=read', /has nothing below it/],
  ['type=* on a child', 'ids=hst_a;type=*;actions=read', /has nothing below it/],
  ['a template with another type', 'ids={{account.id}};type=user;actions=read', /not found below account/],
];

function problemOf(text: string): Failure['problem'] | null {
  try {
    parseGrant(text);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.problem;
    throw error;
  }
}

describe('a grant string', () => {
  test.each(acceptedRows)('may hold %s', (_, text, means, prints) => {
    const grant = parseGrant(text);
    expect(grant).toEqual({ ...nothing, ...means });
    expect(printGrant(grant)).toBe(prints);
  });

  test.each(acceptedRows)('prints so that reading it again gives the same: %s', (_, text) => {
    const printed = printGrant(parseGrant(text));
    expect(parseGrant(printed)).toEqual(parseGrant(text));
    expect(printGrant(parseGrant(printed))).toBe(printed);
  });

  test.each(refused)('must not hold %s', (_, text, because) => {
    expect(problemOf(text)).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: 'grant', message: expect.stringMatching(because) }],
    });
  });

  test('that is refused is quoted in the refusal', () => {
    expect(() => parseGrant('ids=*;type="x"')).toThrow(JSON.stringify('ids=*;type="x"'));
  });
});

describe('the ids of a grant', () => {
  const caller = { userId: 'u_me', accountId: 'acctpw_mine' };

  test.each([
    ['{{user.id}}', 'u_me'],
    ['{{ .User.Id }}', 'u_me'],
    ['{{account.id}}', 'acctpw_mine'],
    ['{{.Account.Id', 'acctpw_mine'],
    ['u_{{user.id}}', 'u_{{user.id}}'],
    ['*', '*'],
  ])('put what the caller is in the place of a template: %s becomes %s', (id, becomes) => {
    expect(resolveIds([id], caller)).toEqual([becomes]);
  });

  test('name nothing where the caller has no account', () => {
    expect(resolveIds(['{{account.id}}'], { userId: 'u_me', accountId: null })).toEqual(['']);
  });
});

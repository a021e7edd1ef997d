import { parseGrant, printGrant, type Grant } from '../../src/grant/grant';

const nothing: Grant = { ids: [], isOldId: false, type: null, actions: [], outputFields: null };

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
  [
    'output fields of children without an action',
    'type=host;output_fields=id',
    { type: 'host', outputFields: ['id'] },
  ],
  [
    'part of create beside an action on the one id',
    'ids=w_a;actions=read,create:worker-led',
    { ids: ['w_a'], actions: ['create:worker-led', 'read'] },
    'ids=w_a;actions=create:worker-led,read',
  ],
  [
    'an action of old',
    'ids=*;type=target;actions=add-host-sets',
    { ids: ['*'], type: 'target', actions: ['add-host-sets'] },
  ],
  [
    'the same actions in JSON',
    '{"ids":["hcst_b","hcst_a"],"type":"host","actions":["Read","list"],"output_fields":["name","id"]}',
    { ids: ['hcst_b', 'hcst_a'], type: 'host', actions: ['list', 'read'], outputFields: ['id', 'name'] },
    'ids=hcst_b,hcst_a;type=host;actions=list,read;output_fields=id,name',
  ],
  [
    'the old key in JSON, and keys that say nothing',
    '{"id":"u_a","colour":{"of":"sky"},"actions":["read"]}',
    { ids: ['u_a'], isOldId: true, actions: ['read'] },
    'id=u_a;actions=read',
  ],
  [
    'a key twice in JSON, the last of which counts',
    '{"ids":["u_a"],"ids":["u_b"],"actions":["read"],"output_fields":["id"],"output_fields":[]}',
    { ids: ['u_b'], actions: ['read'], outputFields: [] },
    'ids=u_b;actions=read;output_fields=',
  ],
  [
    'half a character, which becomes the sign for what cannot be read',
    'ids=u_a\ud800\udbff;actions=read',
    { ids: ['u_a\ufffd'], actions: ['read'] },
    'ids=u_a\ufffd;actions=read',
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
    'the old key for a single id, which is kept',
    'id=ttcp_a;actions=read',
    { ids: ['ttcp_a'], isOldId: true, actions: ['read'] },
  ],
];

const acceptedRows = accepted.map(
  ([name, text, means, prints = text]) => [name, text, means, prints] as const,
);

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
});

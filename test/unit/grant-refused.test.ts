import { isFailure } from '../../src/core/failure';
import { parseGrant, requirePlace } from '../../src/grant/grant';
import type { GrantFaultKind } from '../../src/grant/grant-fault';
import { faultOf } from '../support/grant-fault';

/** Name, text, the kind for machines and what people are told. */
const refused: readonly (readonly [string, string, GrantFaultKind, RegExp])[] = [
  ['an empty text', '', 'grant_empty', /there is nothing/],
  ['a segment without =', 'ids=*;type', 'seg_equals', /a segment must be key=value/],
  ['a segment with two =', 'ids=*;type=user;actions=read=write', 'seg_equals', /must be key=value/],
  ['a semicolon at the end', 'ids=*;type=user;actions=read;', 'seg_equals', /a semicolon stands between/],
  ['a semicolon too many', 'ids=*;;type=user;actions=read', 'seg_equals', /a semicolon stands between/],
  ['a value without a key', '=*;type=user;actions=read', 'seg_no_key', /a segment has no key/],
  ['ids without a value', 'ids=;type=user;actions=read', 'seg_no_value', /ids has no value/],
  ['a type without a value', 'ids=*;type=;actions=read', 'seg_no_value', /type has no value/],
  ['actions without a value', 'ids=*;type=user;actions=', 'seg_no_value', /actions has no value/],
  ['an unknown key without a value', 'colour=;ids=*;type=user;actions=read', 'seg_no_value', /colour has no/],
  ['an empty id among others', 'ids=u_a,,u_b;actions=read', 'id_empty', /an id is empty/],
  ['an empty action among others', 'ids=*;type=user;actions=read,', 'action_empty', /an action is empty/],
  ['several ids under the key for a single one', 'id=u_a,u_b;actions=read', 'id_bad_char', /\bids\b/],
  ['both keys for ids', 'id=u_a;ids=u_b;actions=read', 'id_and_ids', /\bid\b.*\bids\b/],
  ['a type nobody knows', 'ids=*;type=server;actions=read', 'type_unknown', /unknown type server in/],
  ['a type in the plural', 'ids=*;type=targets;actions=read', 'type_unknown', /did you mean target\?/],
  [
    'an odd plural',
    'ids=*;type=credential-libraries;actions=read',
    'type_unknown',
    /mean credential-library\?/,
  ],
  ['a type with a slip', 'ids=*;type=traget;actions=read', 'type_unknown', /did you mean target\?/],
  ['the type controller', 'ids=*;type=controller;actions=read', 'type_unknown', /unknown type controller in/],
  ['the type unknown', 'ids=*;type=unknown;actions=read', 'type_unknown', /unknown type unknown/],
  ['a type with a space before it', 'ids=*;type= user;actions=read', 'type_unknown', /did you mean user\?/],
  [
    'the name of a property of every object',
    'ids=*;type=constructor;actions=read',
    'type_unknown',
    /unknown/,
  ],
  [
    'a key with a space before it, which is another key',
    'ids=*; type=user;actions=read',
    'wildcard_id_without_type',
    /needs a type/,
  ],
  ['no action and no output field', 'ids=*;type=user', 'actions_missing', /no actions/],
  [
    'an action nobody knows',
    'ids=*;type=user;actions=read,write',
    'action_unknown',
    /unknown action write in/,
  ],
  ['an action with a slip', 'ids=*;type=user;actions=raed', 'action_unknown', /raed; did you mean read\?/],
  ['an action with a space', 'ids=*;type=user;actions=read, list', 'action_unknown', /did you mean list\?/],
  ['a sub-action nobody knows', 'ids=*;type=user;actions=read:others', 'action_unknown', /read:others/],
  ['* beside another action', 'ids=*;type=user;actions=*,read', 'action_star_mixed', /\* stands beside/],
  ['* beside an unknown action', 'ids=*;type=user;actions=*,fly', 'action_unknown', /unknown action fly/],
  ['* beside another id', 'ids=*,u_a;type=user;actions=read', 'ids_wildcard_mixed', /\* stands beside/],
  ['* twice', 'ids=*,*;type=user;actions=read', 'ids_wildcard_mixed', /\* stands beside/],
  ['ids of different types', 'ids=u_a,g_a;actions=read', 'ids_mixed_types', /ids of different types/],
  ['a template beside an id', 'ids={{user.id}},u_a;actions=read', 'ids_mixed_types', /different types/],
  [
    'a template nobody knows',
    'ids={{user.name}};actions=read',
    'template_unknown',
    /\{\{user.name\}\}; there/,
  ],
  ['a template in the wrong case', 'ids={{User.Id}};actions=read', 'template_unknown', /unknown template/],
  ['an empty template', 'ids={{}};actions=read', 'template_unknown', /unknown template/],
  ['a second template nobody knows', 'ids={{user.id}},{{x}};actions=read', 'template_unknown', /\{\{x\}\}/],
  ['an id whose prefix nobody knows', 'ids=srv_a;actions=read', 'id_unknown_prefix', /prefix of srv_a/],
  ['a typed id of unknown prefix', 'ids=srv_a;type=target;actions=read', 'id_unknown_prefix', /srv_a/],
  ['an id of what no grant can name', 'ids=sc_a;actions=read', 'id_unknown_prefix', /prefix of sc_a/],
  ['ids=* without a type', 'ids=*;actions=read', 'wildcard_id_without_type', /needs a type/],
  ['neither ids nor a type', 'actions=list', 'no_id_no_type', /a type is needed/],
  ['every type without ids', 'type=*;actions=list', 'wildcard_type_without_id', /write ids=\*/],
  ['an action on one thing without ids', 'type=user;actions=read', 'only_create_or_list', /only create and/],
  ['every action without ids', 'type=user;actions=*', 'only_create_or_list', /only create and list/],
  [
    'list-keys, which is no kind of list',
    'type=scope;actions=list-keys',
    'only_create_or_list',
    /only create/,
  ],
  ['list beside read without ids', 'type=user;actions=list,read', 'only_create_or_list', /only create/],
  [
    'two kinds of create without ids',
    'type=worker;actions=create:controller-led,create:worker-led',
    'only_create_or_list',
    /stand once each/,
  ],
  [
    'create beside a part of it',
    'type=worker;actions=create,create:worker-led',
    'only_create_or_list',
    /once/,
  ],
  ['children without their container', 'type=host;actions=list', 'nothing_authorized', /below its container/],
  ['a type that has no list', 'type=billing;actions=list', 'nothing_authorized', /billing has no list/],
  ['create on one id without a type', 'ids=u_a;actions=create', 'create_list_needs_type', /need a type/],
  ['list beside read on one id', 'ids=u_a;actions=read,list', 'create_list_needs_type', /need a type/],
  ['list alone on one id', 'ids=ttcp_a;type=target;actions=list', 'nothing_authorized', /not granted on one/],
  ['a part of create on one id', 'ids=w_a;actions=create:worker-led', 'nothing_authorized', /not granted on/],
  [
    'a child with its own type',
    'ids=hst_a;type=host;actions=read',
    'type_not_child_of_id',
    /leave the type out/,
  ],
  [
    'an id with another type',
    'ids=u_a;type=group;actions=read',
    'type_not_child_of_id',
    /group is not found below/,
  ],
  [
    'a container of another kind',
    'ids=hcst_a;type=account;actions=read',
    'type_not_child_of_id',
    /host-catalog/,
  ],
  [
    'type=* on an id that holds nothing',
    'ids=ttcp_a;type=*;actions=read',
    'id_has_no_child_types',
    /nothing below/,
  ],
  ['type=* on a child', 'ids=hst_a;type=*;actions=read', 'id_has_no_child_types', /nothing below it/],
  [
    'a template with another type',
    'ids={{account.id}};type=user;actions=read',
    'type_not_child_of_id',
    /below account/,
  ],
  [
    'a second template of another type',
    'ids={{user.id}},{{account.id}};type=user;actions=read',
    'type_not_child_of_id',
    /below account/,
  ],
  ['JSON that breaks off', '{"ids":', 'json_decode', /no valid JSON/],
  ['an id in JSON that is no string', '{"id":null,"actions":["read"]}', 'id_not_string', /must be a string/],
  ['an empty id in JSON', '{"id":"","actions":["read"]}', 'id_empty', /an id is empty/],
  ['an id in JSON with what separates', '{"ids":["u_a;u_b"],"actions":["read"]}', 'id_bad_char', /semicolon/],
  ['ids in JSON that are no list', '{"ids":"u_a","actions":["read"]}', 'ids_not_array', /array of strings/],
  ['ids in JSON that are no strings', '{"ids":[1],"actions":["read"]}', 'id_not_string', /must be a string/],
  [
    'a type in JSON that is no string',
    '{"type":["user"],"actions":["list"]}',
    'type_not_string',
    /be a string/,
  ],
  [
    'a type in JSON in upper case',
    '{"type":"USER","actions":["list"]}',
    'type_unknown',
    /did you mean user\?/,
  ],
  ['actions in JSON that are no list', '{"type":"user","actions":"list"}', 'actions_not_array', /array of/],
  [
    'actions in JSON that are no strings',
    '{"type":"user","actions":[true]}',
    'action_not_string',
    /a string/,
  ],
  ['an empty action in JSON', '{"type":"user","actions":[""]}', 'action_empty', /an action is empty/],
  ['an action in JSON with a comma', '{"type":"user","actions":["list,create"]}', 'action_bad_char', /comma/],
  ['an empty list of actions in JSON', '{"type":"user","actions":[]}', 'actions_missing', /no actions/],
  ['fields in JSON that are no list', '{"output_fields":{}}', 'output_fields_not_array', /array of strings/],
  ['fields in JSON that are no strings', '{"output_fields":[1]}', 'output_fields_not_array', /be a string/],
  ['a field in JSON with =', '{"output_fields":["id=name"]}', 'output_fields_bad_char', /equals sign/],
  ['both keys for ids in JSON', '{"id":"u_a","ids":["u_b"],"actions":["read"]}', 'id_and_ids', /ids alone/],
];

/** What is wrong first counts, in the order: key by key, then ids, templates, type, actions, and what they reach. */
const first: readonly (readonly [string, GrantFaultKind])[] = [
  ['type=server;actions=', 'type_unknown'],
  ['actions=;type=server', 'seg_no_value'],
  ['{"type":"server","id":1}', 'id_not_string'],
  ['id=u_a;ids=u_b,*;type=controller', 'id_and_ids'],
  ['ids=*,srv_a;type=controller', 'ids_wildcard_mixed'],
  ['ids=u_a,srv_a;type=controller', 'ids_mixed_types'],
  ['ids={{x}};type=controller', 'template_unknown'],
  ['ids={{user.id}},{{x}};type=controller', 'type_unknown'],
  ['ids={{user.id}},{{x}};actions=fly', 'action_unknown'],
  ['ids=srv_a;actions=fly', 'action_unknown'],
  ['ids=srv_a;actions=list', 'id_unknown_prefix'],
];

describe('a refused grant string', () => {
  test.each(refused)('holds %s', (_, text, kind, because) => {
    const fault = faultOf(() => parseGrant(text));
    expect(fault?.kind).toBe(kind);
    expect(fault?.problem).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: 'grant', message: expect.stringMatching(because) }],
    });
  });

  test.each(first)('is refused for what is wrong first: %s', (text, kind) => {
    expect(faultOf(() => parseGrant(text))?.kind).toBe(kind);
  });

  test('is quoted, a long one not in full', () => {
    expect(() => parseGrant('ids=*;type="x"')).toThrow(JSON.stringify('ids=*;type="x"'));
    for (const long of ['x', 'ids=*;type=', 'ids=*;type=user;actions=', 'ids={{', 'ids=srv_']) {
      const fault = faultOf(() => parseGrant(`${long}${'x'.repeat(10_000)}`));
      expect(fault?.message.length).toBeLessThan(500);
    }
  });

  test('is a failure of the API, to which a path can be put', () => {
    const fault = faultOf(() => parseGrant('ids=*'));
    expect(isFailure(fault, 'INVALID_INPUT')).toBe(true);
    expect(fault?.at('grants.3').message).toBe(fault?.message.replace('grant:', 'grants.3:'));
    expect(fault?.at('grants.3').sentence).toBe(fault?.sentence);
  });

  test('may belong to a role that lives nowhere, or speaks for nothing', () => {
    expect(faultOf(() => requirePlace('', '', ''))?.kind).toBe('grant_empty');
    expect(faultOf(() => requirePlace('x', '', ''))?.kind).toBe('role_scope_missing');
    expect(faultOf(() => requirePlace('x', 'global', ''))?.kind).toBe('grant_scope_missing');
    expect(faultOf(() => requirePlace('x', 'global', 'this'))).toBeNull();
  });
});

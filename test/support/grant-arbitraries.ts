import fc from 'fast-check';
import type { Protected } from '../../src/core/acl';
import type { RoleGrant } from '../../src/grant/acl';
import { actions } from '../../src/grant/action';
import { parseStoredGrant, printGrant } from '../../src/grant/grant';
import { resourceTypeNames, typeOfId } from '../../src/grant/resource-type';
import { scopesOfTree } from './grant-world';

const some = <Value>(...values: readonly Value[]) => fc.constantFrom(...values);

/** A few ids of each sort, so that a grant often names what is asked for. */
const ids = ['u_me', 'u_x', 'ttcp_x', 's_x', 'hcst_x', 'hst_x', 'hst_y', 'ampw_x', 'acctpw_mine', 'acctpw_x'];
const grantIds = [...ids, '*', '*', 'srv_x', '{{user.id}}', '{{ .Account.Id }}', '{{superman}}'];
const types = [
  'user',
  'target',
  'session',
  'host-catalog',
  'host',
  'auth-method',
  'account',
  'scope',
  'worker',
];
const usualActions = [
  ...['no-op', 'read', 'read:self', 'cancel', 'cancel:self', 'list', 'create', 'create:worker-led'],
  ...['update', 'authenticate', '*'],
];
const fields = ['id', 'name', 'type', '*'];

const segment = fc.oneof(
  fc.subarray(grantIds, { minLength: 1, maxLength: 2 }).map((list) => `ids=${list.join(',')}`),
  some(...grantIds).map((id) => `id=${id}`),
  some(...types, '*', '*', 'controller').map((type) => `type=${type}`),
  fc.subarray(usualActions, { minLength: 1, maxLength: 3 }).map((list) => `actions=${list.join(',')}`),
  fc.subarray(fields).map((list) => `output_fields=${list.join(',')}`),
  some('colour=red', '', 'ids', '=x', 'type=', 'actions=,', 'a=b=c'),
);

/** Texts that look like grants, some of which are. */
export const almostGrant: fc.Arbitrary<string> = fc
  .array(segment, { maxLength: 5 })
  .map((segments) => segments.join(';'));

/** The same in JSON, with values of every kind. */
export const almostJson: fc.Arbitrary<string> = fc
  .dictionary(
    some('id', 'ids', 'type', 'actions', 'output_fields', 'colour'),
    fc.oneof(
      some(...grantIds, ...types, ...usualActions),
      fc.array(some(...grantIds, ...usualActions, ...fields), { maxLength: 3 }),
      fc.jsonValue(),
    ),
  )
  .map((value) => JSON.stringify(value));

/** Grants as a role may hold them: understood, though not all of them can grant something. */
export const storedGrant: fc.Arbitrary<string> = fc
  .record({
    ids: fc.oneof(
      fc.constant(null),
      fc.constant(['*']),
      fc.constant(['*']),
      some(...ids, '{{user.id}}', '{{account.id}}', 'srv_x').map((id) => [id]),
      fc.subarray(['hst_x', 'hst_y'], { minLength: 2 }),
    ),
    type: fc.oneof(fc.constant(null), some(...types), fc.constant('*')),
    actions: fc.oneof(
      fc.subarray(
        usualActions.filter((one) => one !== '*'),
        { maxLength: 4 },
      ),
      fc.constant(['*']),
    ),
    fields: fc.oneof(fc.constant(null), fc.constant(null), fc.subarray(fields, { maxLength: 2 })),
  })
  .filter((one) => one.actions.length > 0 || one.fields !== null)
  .map((one) =>
    [
      ...(one.ids === null ? [] : [`ids=${one.ids.join(',')}`]),
      ...(one.type === null ? [] : [`type=${one.type}`]),
      ...(one.actions.length === 0 ? [] : [`actions=${one.actions.join(',')}`]),
      ...(one.fields === null ? [] : [`output_fields=${one.fields.join(',')}`]),
    ].join(';'),
  )
  .map((text) => printGrant(parseStoredGrant(text)));

/** What roles anywhere in the tree give, also what no role may give by the rules. */
export const roleGrant: fc.Arbitrary<RoleGrant> = fc.record({
  roleId: fc.constant('r_one'),
  roleScopeId: some(...scopesOfTree.map(({ id }) => id)),
  grantScope: some('this', 'this', 'children', 'descendants', ...scopesOfTree.map(({ id }) => id)),
  canonical: storedGrant,
});

export const roleGrants = fc.array(roleGrant, { maxLength: 8 });

/** A thing or a collection anywhere in the tree. */
export const thing: fc.Arbitrary<Protected> = fc
  .record({
    id: fc.oneof(fc.constant(null), some(...ids)),
    type: some(...types),
    scope: some(...scopesOfTree),
    pin: some(null, null, 'hcst_x', 'ampw_x'),
  })
  .map(({ id, type, scope, pin }) => ({
    id,
    type: id === null ? type : (typeOfId(id) ?? type),
    scopeId: scope.id,
    parentScopeId: scope.parentId,
    pin,
  }));

export const action = some(...usualActions.filter((one) => one !== '*'));

/** Every type and every action there is, for what must hold without exception. */
export const anyType = some(...resourceTypeNames);
export const anyAction = some(...actions);

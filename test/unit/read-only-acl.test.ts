import type { Protected } from '../../src/core/acl';
import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import { actions, isReadingAction, parentAction } from '../../src/grant/action';
import { collectionActions } from '../../src/grant/collection-actions';
import { readOnlyAcl } from '../../src/grant/read-only-acl';
import { idActionsOf, resourceTypeNames } from '../../src/grant/resource-type';

const grant = (canonical: string): RoleGrant => ({
  ...{ roleId: 'r_1', roleScopeId: 'p_1', roleParentScopeId: 'o_1', grantScope: 'this', canonical },
});
const aclOf = (...grants: string[]) => makeAcl({ userId: 'u_1', accountId: null }, grants.map(grant));
const on = (type: string, id: string | null = 'x'): Protected => ({
  ...{ type, id, scopeId: 'p_1', parentScopeId: 'o_1', pin: null },
});

describe('a token for reading', () => {
  test('knows these actions, and takes any other for a change', () => {
    expect(actions.filter(isReadingAction)).toEqual([
      ...['no-op', 'list', 'read', 'read:self', 'list-resolvable-aliases', 'read-certificate-authority'],
      ...[
        'list-keys',
        'list-key-version-destruction-jobs',
        'download',
        'monthly-active-users',
        'explain-access',
      ],
    ]);
    expect(isReadingAction('some-action-of-a-later-release')).toBe(false);
    // What reads is no part of what changes, or holding the one would give the other.
    for (const action of actions.filter(isReadingAction)) {
      const parent = parentAction(action);
      expect([action, parent === null || isReadingAction(parent)]).toEqual([action, true]);
    }
  });

  test.each(resourceTypeNames.map((type) => [type]))(
    'lets a holder of everything do with a %s what reads and no more',
    (type) => {
      const [all, reading] = [aclOf('ids=*;type=*;actions=*'), readOnlyAcl(aclOf('ids=*;type=*;actions=*'))];
      const held = all.actionsOn(idActionsOf(type), on(type));
      expect(held).toEqual([...idActionsOf(type)]);
      expect(reading.actionsOn(idActionsOf(type), on(type))).toEqual(held.filter(isReadingAction));
      for (const action of actions) {
        expect([action, reading.may(action, on(type))]).toEqual([action, isReadingAction(action)]);
        expect([action, reading.may(action, on(type, null))]).toEqual([
          action,
          isReadingAction(action) && all.may(action, on(type, null)),
        ]);
      }
    },
  );

  test('gives nothing that is not granted', () => {
    const reading = readOnlyAcl(aclOf('ids=*;type=target;actions=read'));
    expect(reading.may('read', on('target'))).toBe(true);
    expect(reading.may('list', on('target', null))).toBe(false);
    expect(reading.may('read', on('host'))).toBe(false);
  });

  test('shows in lists what may be read of, as in single answers', () => {
    const full = aclOf('ids=ttcp_1;type=target;actions=delete', 'ids=ttcp_2;type=target;actions=read');
    const ids = (acl: typeof full) =>
      acl.listPermission('target', idActionsOf('target')).ids.map(({ id }) => id);
    expect([ids(full), ids(readOnlyAcl(full))]).toEqual([['ttcp_1', 'ttcp_2'], ['ttcp_2']]);
  });

  test('shows of sessions those of others only where reading them is granted', () => {
    const full = aclOf('ids=*;type=session;actions=cancel,read:self');
    const { all, own } = readOnlyAcl(full).listPermission('session', idActionsOf('session'));
    expect([all.scopes, own.scopes]).toEqual([[], ['p_1']]);
  });

  test('offers collections to list, and none to create in', () => {
    const place = { holder: 'project', id: 'p_1', scopeId: 'p_1', scopeParentId: 'o_1' } as const;
    const offered = collectionActions(readOnlyAcl(aclOf('ids=*;type=*;actions=*')), place);
    expect(offered.length).toBeGreaterThan(3);
    expect(new Set(offered.flatMap((one) => one.actions))).toEqual(new Set(['list', 'list-keys']));
  });

  test('is another view than that of the same user without it', () => {
    const acl = aclOf('ids=*;type=target;actions=read');
    expect(readOnlyAcl(acl).viewKey).not.toBe(acl.viewKey);
    expect(readOnlyAcl(acl).viewKey).toBe(readOnlyAcl(aclOf('ids=*;type=target;actions=read')).viewKey);
  });
});

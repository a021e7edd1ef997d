export const userTypes = ['person', 'service'] as const;
export type UserType = (typeof userTypes)[number];

/** Everybody, everybody who is signed in, and the holder of the recovery key: made by the schema, and they stay. */
const builtInUsers = ['u_anon', 'u_auth', 'u_recovery'];

export function isBuiltIn(userId: string): boolean {
  return builtInUsers.includes(userId);
}

/** Speaks by its key alone: no group holds it and no role. */
export const recoveryUser = 'u_recovery';

import { isOneLine, loginOf, type BrokeredCredential } from './brokered-credential.js';
import type { Taking } from './known-program.js';

/**
 * How ssh takes a credential: a key from a file, and what is typed otherwise from the program that ssh asks
 * through (`SSH_ASKPASS`). `host` is the name that it asks under; what other hosts on the way ask for, it is not given.
 */
export function sshTaking(credential: BrokeredCredential, host: string): Taking | null {
  return credential.privateKey === null ? passwordTaking(credential, host) : keyTaking(credential);
}

function keyTaking({ username, privateKey, privateKeyPassphrase }: BrokeredCredential): Taking | null {
  const isEncrypted = privateKeyPassphrase !== null;
  if (isEncrypted && !isOneLine(privateKeyPassphrase)) return null;
  return {
    username,
    files: {
      key: `${privateKey?.trimEnd()}\n`, // without the last line end, it is none to ssh
      ...(isEncrypted ? { answer: privateKeyPassphrase, ask: { script: script(keyPrompts) } } : {}),
    },
    start: (pathOf) => ({
      // Not into an agent, which would keep it.
      args: ['-i', pathOf('key'), '-o', 'IdentitiesOnly=yes', '-o', 'AddKeysToAgent=no'],
      ...(isEncrypted ? { env: asking(pathOf) } : {}),
    }),
  };
}

function passwordTaking(credential: BrokeredCredential, host: string): Taking | null {
  const login = loginOf(credential);
  if (login === null || !isOneLine(login.password)) return null;
  return {
    username: login.username,
    files: { answer: login.password, ask: { script: script(passwordPrompts(host)) } },
    start: (pathOf) => ({
      args: [
        // A wrong one is wrong each time, and a few keys of an agent would use up the tries before it.
        ...['-o', 'NumberOfPasswordPrompts=1'],
        ...['-o', 'PreferredAuthentications=password,keyboard-interactive,publickey'],
      ],
      env: asking(pathOf),
    }),
  };
}

function asking(pathOf: (file: string) => string): Readonly<Record<string, string>> {
  return { SSH_ASKPASS: pathOf('ask'), SSH_ASKPASS_REQUIRE: 'force' };
}

/** How sshpass takes a password; it has no use for a key. */
export function sshpassTaking(credential: BrokeredCredential): Taking | null {
  const login = loginOf(credential);
  if (login === null || !isOneLine(login.password)) return null;
  return {
    username: login.username,
    files: { password: `${login.password}\n` },
    start: (pathOf) => ({ lead: ['-f', pathOf('password'), 'ssh'], env: { SSHPASS: undefined } }),
  };
}

// The path of the key is known to nobody on the way, so none of them can ask for its passphrase. ssh shows 100 bytes.
const keyPrompts = [`"Enter passphrase for key '$(printf %.100s "$here/key")': "`];

function passwordPrompts(host: string): string[] {
  const name = host.toLowerCase(); // as ssh writes it
  return [`*@'${name}'"'s password: "`, `'('*@'${name}) '*[Pp]assword*`];
}

/**
 * The program that ssh asks through. What is not one of these prompts, it asks at the terminal, as ssh would: whether
 * to trust a new host, the password of another.
 */
function script(prompts: readonly string[]): string {
  return `#!/bin/sh
here=\${0%/*}
case $1 in
  ${prompts.join(' | ')}) exec cat "$here/answer" ;;
esac
{ printf '%s' "$1" >/dev/tty; } 2>/dev/null || exit 1
case $1 in
  *yes/no*) IFS= read -r said </dev/tty || exit 1 ;;
  *)
    trap 'stty echo </dev/tty' EXIT
    stty -echo </dev/tty
    IFS= read -r said </dev/tty || exit 1
    printf '\\n' >/dev/tty
    ;;
esac
printf '%s\\n' "$said"
`;
}

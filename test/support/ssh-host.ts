import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { installed } from './program';

/** A real sshd on a port of its own, in which the tester may log in with one key. */
export interface SshHost {
  readonly port: number;
  readonly user: string;
  /** Options that make ssh, scp and sftp use that key, and that file of known hosts, and nothing of the tester's own. */
  options(knownHosts: string, isStrict: boolean): string[];
  /** From now on it shows another key, as a host does that was set up anew. */
  changeKey(): void;
  /** The key that lets the tester in. */
  readonly loginKey: string;
  /** From now on it asks for a password, and takes none: sshd compares those of the system alone. */
  askForPasswords(): void;
  /** What sshd has told of logins. */
  log(): string;
  close(): void;
}

export async function startSshHost(folder: string): Promise<SshHost> {
  const makeKey = (name: string): string => {
    const file = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
    return file;
  };
  const login = makeKey('login-key');
  copyFileSync(`${login}.pub`, join(folder, 'authorized-keys'));
  const config = join(folder, 'sshd-config');
  const logFile = join(folder, 'sshd-log');
  const showKey = (name: string, methods = 'publickey'): void =>
    writeFileSync(
      config,
      [
        `HostKey ${makeKey(name)}`,
        `AuthorizedKeysFile ${join(folder, 'authorized-keys')}`,
        `AuthenticationMethods ${methods}`,
        `PasswordAuthentication ${methods === 'password' ? 'yes' : 'no'}`,
        'PermitRootLogin prohibit-password',
        'StrictModes no', // the folder of a test stands where everybody may write
        'UsePAM no',
        'PidFile none',
        'Subsystem sftp internal-sftp',
      ].join('\n'),
    );
  showKey('host-key');
  // Root's sshd wants the folder that its package makes when the system starts.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const children = new Set<ChildProcess>();
  const sshd = installed('sshd') ?? 'sshd';
  // It cannot listen on any free port, so each connection is handed to one of its own.
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    const child = spawn(sshd, ['-i', '-f', config, '-E', logFile], { stdio: [socket, socket, 'ignore'] });
    children.add(child);
    child.once('exit', () => {
      children.delete(child);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    user: userInfo().username,
    options: (knownHosts, isStrict) => [
      ...['-F', 'none', '-i', login, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'],
      ...['-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
      ...['-o', `StrictHostKeyChecking=${isStrict ? 'yes' : 'accept-new'}`],
    ],
    changeKey: () => showKey('other-host-key'),
    loginKey: readFileSync(login, 'utf8'),
    askForPasswords: () => showKey('password-host-key', 'password'),
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    close() {
      server.close();
      for (const child of children) child.kill();
    },
  };
}

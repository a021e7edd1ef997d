import {
  nameFault,
  option,
  type Asked,
  type Call,
  type KnownProgram,
  type SessionFacts,
} from './known-program.js';
import { sshpassTaking, sshTaking } from './ssh-credential.js';

type Flag = 'username' | 'remote-command';

const openssh = { ssh: 'install OpenSSH (Debian: apt install openssh-client)' };

/**
 * The name under which the key of the host is remembered: that of the host, where a target has several. The
 * local port is another one each time, and would make each session look like a new host, or a known one changed.
 */
function keyName({ hostId, targetId }: SessionFacts): string | undefined {
  const id = hostId ?? targetId;
  return id !== null && /^[a-z]+_[A-Za-z0-9]+$/.test(id) ? id : undefined;
}

/** The name that ssh asks under: where it has one for the key, that. */
function askedName({ session, local }: Call<Flag>): string {
  return keyName(session) ?? local.address;
}

function sshArgs({ local, session, flags }: Call<Flag>): string[] {
  const name = keyName(session);
  return [
    ...['-p', String(local.port)],
    ...option('-o', name && `HostKeyAlias=${name}`),
    ...option('-l', flags.username),
    '--', // ssh reads options behind the host as well: a remote command is to be none
    local.address,
    ...(flags['remote-command'] === undefined ? [] : [flags['remote-command']]),
  ];
}

/** The first word that is no option is the host to ssh and to putty: one of the caller's would lead past the target. */
function wordFault({ given }: Asked<Flag>): string | null {
  if (given[0] === undefined || given[0].startsWith('-')) return null;
  return `${given[0]} would be taken for the host; a remote command is given as -remote-command='${given.join(' ')}'`;
}

export const ssh: KnownProgram<Flag> = {
  name: 'ssh',
  description: 'connect to an ssh target and open a shell on it, or run a command',
  flags: {
    username: {
      short: 'l',
      value: 'name',
      says: 'user to log in as',
      env: 'POSTERN_CONNECT_USERNAME',
      fault: nameFault,
    },
    'remote-command': { value: 'command', says: 'run it on the host instead of a shell' },
  },
  styles: {
    ssh: {
      needs: openssh,
      args: sshArgs,
      fault: wordFault,
      take: (credential, call) => sshTaking(credential, askedName(call)),
    },
    sshpass: {
      needs: { sshpass: 'install it (Debian: apt install sshpass)', ...openssh },
      lead: ['-e', 'ssh'],
      args: sshArgs,
      fault: wordFault,
      take: sshpassTaking,
      lack: ({ env }) =>
        env['SSHPASS']
          ? null
          : 'sshpass takes the password of a credential of the target, or from SSHPASS; set that, or leave out -style and be asked',
    },
    putty: {
      needs: { putty: 'install it (Debian: apt install putty)' },
      args: ({ local, session, flags }) => [
        ...['-P', String(local.port)],
        ...option('-loghost', keyName(session)),
        ...option('-l', flags.username),
        local.address,
      ],
      fault: (asked) =>
        asked.flags['remote-command'] === undefined
          ? wordFault(asked)
          : 'putty runs no remote command; leave out -style to run it with ssh',
    },
  },
  credentials:
    'The first credential of the target with a private key or a password logs in, as its user unless -username names another. ssh (8.4 or newer) has the key in a file of its own and asks for the password by itself; sshpass takes a password alone, putty neither.',
  examples: [
    '-target-name=web1 -target-scope-name=Production -username=ann',
    "-target-id=ttcp_1234567890 -l ann -remote-command='uptime -p'",
    '-target-id=ttcp_1234567890 -host-id=hst_1234567890 -l ann -- -i ~/.ssh/work -L 8080:localhost:80',
    '-target-id=ttcp_1234567890 -style=putty -l ann',
  ],
};

/** One setting of the server: a flag, an environment variable, a default. The flag wins over the variable. */
export interface SettingRule {
  /** As on the command line, without the dashes. */
  readonly flag: string;
  readonly env: string;
  /** What stands behind the flag in `--help`; null for a switch. */
  readonly value: string | null;
  readonly fallback: string;
  readonly help: string;
}

/** Every setting, in the order `--help` shows them. */
export const settingRules = {
  apiListenAddress: {
    flag: 'api-listen-address',
    env: 'POSTERN_API_LISTEN_ADDRESS',
    value: 'HOST:PORT',
    fallback: '127.0.0.1:9200',
    help: 'where the API and the pages are served',
  },
  proxyListenAddress: {
    flag: 'proxy-listen-address',
    env: 'POSTERN_PROXY_LISTEN_ADDRESS',
    value: 'HOST:PORT',
    fallback: '127.0.0.1:9202',
    help: 'where the built-in worker takes connections',
  },
  proxyPublicAddress: {
    flag: 'proxy-public-address',
    env: 'POSTERN_PROXY_PUBLIC_ADDRESS',
    value: 'HOST:PORT',
    fallback: '',
    help: 'what clients dial to reach the worker; the listen address when left out',
  },
  publicUrl: {
    flag: 'public-url',
    env: 'POSTERN_PUBLIC_URL',
    value: 'URL',
    fallback: '',
    help: 'the address people use, when it is another than the listen address',
  },
  allowedOrigin: {
    flag: 'allowed-origin',
    env: 'POSTERN_ALLOWED_ORIGIN',
    value: 'URL[,URL…]',
    fallback: '',
    help: 'origins of pages elsewhere that may use the API',
  },
  tlsCertFile: {
    flag: 'tls-cert-file',
    env: 'POSTERN_TLS_CERT_FILE',
    value: 'FILE',
    fallback: '',
    help: 'certificate of the API, in PEM; read again when it changes',
  },
  tlsKeyFile: {
    flag: 'tls-key-file',
    env: 'POSTERN_TLS_KEY_FILE',
    value: 'FILE',
    fallback: '',
    help: 'private key of that certificate',
  },
  behindProxy: {
    flag: 'behind-proxy',
    env: 'POSTERN_BEHIND_PROXY',
    value: null,
    fallback: 'false',
    help: 'a proxy in front does TLS, so plain HTTP may leave this machine',
  },
  dataDir: {
    flag: 'data-dir',
    env: 'POSTERN_DATA_DIR',
    value: 'DIR',
    fallback: '',
    help: 'where keys and the embedded database live; ~/.local/share/postern when left out',
  },
  config: {
    flag: 'config',
    env: 'POSTERN_CONFIG',
    value: 'FILE',
    fallback: '',
    help: 'what to create at start if it is missing, HCL or YAML; the demo when left out, `none` for nothing',
  },
  demoDatabasePort: {
    flag: 'demo-database-port',
    env: 'POSTERN_DEMO_DATABASE_PORT',
    value: 'PORT',
    fallback: '',
    help: 'port of the demo database on 127.0.0.1; 16001 with the demo, none without, 0 for none',
  },
  poolSize: {
    flag: 'database-pool-size',
    env: 'POSTERN_DATABASE_POOL_SIZE',
    value: 'N',
    fallback: '20',
    help: 'connections to the database at most',
  },
  workerName: {
    flag: 'worker-name',
    env: 'POSTERN_WORKER_NAME',
    value: 'NAME',
    fallback: 'built-in',
    help: 'name of the built-in worker; each controller of one database needs its own',
  },
  workerTag: {
    flag: 'worker-tag',
    env: 'POSTERN_WORKER_TAGS',
    value: 'KEY=VALUE[,KEY=VALUE…]',
    fallback: '',
    help: 'tags of the worker, which the filters of targets look at',
  },
  workerAllow: {
    flag: 'worker-allow',
    env: 'POSTERN_WORKER_ALLOW',
    value: 'CIDR[,CIDR…]',
    fallback: '',
    help: 'the only addresses the worker may dial; any but the denied ones when left out',
  },
  workerDeny: {
    flag: 'worker-deny',
    env: 'POSTERN_WORKER_DENY',
    value: 'CIDR[,CIDR…]',
    fallback: '',
    help: 'addresses the worker may not dial, beside link-local and cloud metadata',
  },
  tokenTtl: {
    flag: 'auth-token-time-to-live',
    env: 'POSTERN_AUTH_TOKEN_TIME_TO_LIVE',
    value: 'DURATION',
    fallback: '168h',
    help: 'longest life of a sign-in',
  },
  tokenIdle: {
    flag: 'auth-token-time-to-stale',
    env: 'POSTERN_AUTH_TOKEN_TIME_TO_STALE',
    value: 'DURATION',
    fallback: '24h',
    help: 'how long a sign-in may lie idle',
  },
  detachedTtl: {
    flag: 'authorization-token-time-to-live',
    env: 'POSTERN_AUTHORIZATION_TOKEN_TIME_TO_LIVE',
    value: 'DURATION',
    fallback: '5m',
    help: 'how long the token of `targets authorize-session` waits to be used',
  },
  userSessionLimit: {
    flag: 'user-session-limit',
    env: 'POSTERN_USER_SESSION_LIMIT',
    value: 'N',
    fallback: '500',
    help: 'how many pending and active sessions one user may have, over all targets and tokens',
  },
  loginFailures: {
    flag: 'login-failures',
    env: 'POSTERN_LOGIN_FAILURES',
    value: 'N',
    fallback: '5',
    help: 'wrong passwords of one name from one address before the next one must wait, longer each time; 0 for no limit',
  },
  loginsPerAddress: {
    flag: 'logins-per-address',
    env: 'POSTERN_LOGINS_PER_ADDRESS',
    value: 'N',
    fallback: '20',
    help: 'sign-ins a minute from one address (a /64 of IPv6); more where many people share one, 0 for no limit',
  },
  loginsPerName: {
    flag: 'logins-per-name',
    env: 'POSTERN_LOGINS_PER_NAME',
    value: 'N',
    fallback: '20',
    help: 'wrong sign-ins a minute of one name, from all addresses that it never signed in from; 0 for no limit',
  },
  logins: {
    flag: 'logins',
    env: 'POSTERN_LOGINS',
    value: 'N',
    fallback: '600',
    help: 'sign-ins a minute from all addresses that their name never signed in from; 0 for no limit',
  },
  workerGrace: {
    flag: 'worker-grace',
    env: 'POSTERN_WORKER_GRACE',
    value: 'DURATION',
    fallback: '300s',
    help: 'how long an unreachable worker may take to come back before its connections count as lost',
  },
  noEscalation: {
    flag: 'no-escalation',
    env: 'POSTERN_NO_ESCALATION',
    value: null,
    fallback: 'false',
    help: 'nobody may give others, or take, what they may not do themselves',
  },
  logLevel: {
    flag: 'log-level',
    env: 'POSTERN_LOG_LEVEL',
    value: 'LEVEL',
    fallback: 'info',
    help: 'debug, info, warn or error',
  },
  logFormat: {
    flag: 'log-format',
    env: 'POSTERN_LOG_FORMAT',
    value: 'FORMAT',
    fallback: '',
    help: 'text or json; text on a terminal, json otherwise',
  },
} as const satisfies Record<string, SettingRule>;

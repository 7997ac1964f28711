/** What one part of the tree may import. */
export type Layer = {
  /** Parts whose files it may import; its own are always allowed. */
  parts: readonly string[]
  /** The only npm and node: packages it may take. Absent: any but the reserved ones. */
  packages?: readonly string[]
  /** No clock, randomness, network, environment, timer or console; time and ids come in. */
  pure?: true
}

/** What a pure part may take from npm: parsers and hashes, no effects. */
const PURE = ['zod', 'yaml', 'ipaddr.js', '@noble/hashes']
const pure = (...parts: string[]): Layer => ({ parts, packages: PURE, pure: true })

const COMPONENTS = ['components/ui']
const SHOWN = [
  'lib/base',
  'lib/topology',
  'lib/plan',
  'lib/jobs',
  'lib/catalogue',
  'lib/api',
  'lib/proxmox/privileges',
]

/**
 * Who may import whom: pure below, effects beside, composition in workers, screens on top. A part
 * is a folder or the beginning of a file's path; the longest that fits is a file's part.
 */
export const LAYERS: Readonly<Record<string, Layer>> = {
  'lib/base': pure(),
  'lib/dag': pure('lib/base'),
  'lib/topology': pure('lib/base'),
  'lib/catalogue': pure('lib/base', 'lib/dag', 'lib/topology'),
  'lib/plan': pure('lib/base', 'lib/dag', 'lib/topology', 'lib/catalogue'),
  'lib/jobs': pure('lib/base', 'lib/dag', 'lib/plan'),
  'lib/export': pure('lib/base', 'lib/topology', 'lib/catalogue', 'lib/plan'),
  'lib/lab': pure('lib/base', 'lib/dag'),

  'lib/io': { parts: ['lib/base'] },
  'lib/db': {
    parts: [
      'lib/base',
      'lib/topology',
      'lib/catalogue',
      'lib/plan',
      'lib/jobs',
      'lib/api',
      'lib/live',
      'lib/io',
    ],
  },
  'lib/db/secret-open': { parts: ['lib/base', 'lib/db'] },
  'lib/auth': { parts: ['lib/base', 'lib/db', 'lib/io', 'lib/api', 'lib/live'] },

  // Each speaks one system's own words; the provisioner alone opens connections.
  // Admission goes by the rule that the runner goes by (lib/dag/gate).
  'lib/proxmox': {
    parts: ['lib/base', 'lib/dag', 'lib/io', 'lib/plan', 'lib/proxmox/privileges'],
  },
  // What a token needs, as data: Settings shows the commands that grant it.
  'lib/proxmox/privileges': pure(),
  'lib/ssh': { parts: ['lib/base', 'lib/io'] },
  // Takes the type of a connection's settings.
  'lib/ssh/dialer': { parts: ['lib/base', 'lib/io', 'lib/ssh', 'lib/api'] },
  'lib/kubernetes': { parts: ['lib/base', 'lib/io'] },
  'lib/helm': { parts: ['lib/base', 'lib/io'] },
  'lib/git': { parts: ['lib/base', 'lib/io'] },
  'lib/oidc': { parts: ['lib/base', 'lib/io'] },
  'lib/steps': {
    parts: [
      'lib/base',
      'lib/io',
      'lib/topology',
      'lib/catalogue',
      'lib/plan',
      'lib/proxmox',
      'lib/ssh',
      'lib/kubernetes',
      'lib/helm',
    ],
  },

  // The contract and the client are the browser's; routes and requests are the server's.
  'lib/api': {
    parts: ['lib/base', 'lib/topology', 'lib/plan', 'lib/jobs', 'lib/catalogue', 'lib/live'],
  },
  'lib/api/route': { parts: ['lib/base', 'lib/io', 'lib/api', 'lib/auth', 'lib/db', 'lib/live'] },
  'lib/live': { parts: ['lib/base', 'lib/jobs', 'lib/api'] },
  'lib/live/server': {
    parts: [
      'lib/base',
      'lib/io',
      'lib/jobs',
      'lib/live',
      'lib/live/server-consoles',
      'lib/api',
      'lib/auth',
      'lib/db',
    ],
  },
  'lib/live/server-consoles': { parts: ['lib/base', 'lib/live', 'lib/auth'] },

  'workers/ipc': { parts: ['lib/live'] },
  'workers/panel': {
    parts: [
      'lib/base',
      'lib/io',
      'lib/api',
      'lib/auth',
      'lib/db',
      'lib/live',
      'lib/live/server',
      'workers/ipc',
    ],
  },
  'workers/provisioner': {
    parts: [
      'lib/base',
      'lib/dag',
      'lib/topology',
      'lib/catalogue',
      'lib/plan',
      'lib/jobs',
      'lib/api',
      'lib/io',
      'lib/db',
      'lib/db/secret-open',
      'lib/live',
      'lib/proxmox',
      'lib/proxmox/privileges',
      'lib/ssh',
      'lib/ssh/dialer',
      'lib/kubernetes',
      'lib/helm',
      'lib/git',
      'lib/oidc',
      'lib/steps',
      'workers/ipc',
    ],
  },
  // At the panel's own machine, beside or instead of a running panel.
  'workers/admin': {
    parts: ['lib/base', 'lib/io', 'lib/api', 'lib/auth', 'lib/db', 'lib/db/secret-open'],
  },
  'workers/lab': { parts: ['lib/base', 'lib/io', 'lib/lab', 'workers/ipc'] },
  // A program of its own: what stands in for Helm is a client of the lab's Kubernetes API.
  'workers/lab/helm-stand-in': { parts: ['lib/base', 'lib/io', 'lib/kubernetes', 'lib/lab'] },
  'workers/cli': { parts: ['lib/base', 'lib/io', 'lib/api'] },

  'components/ui': {
    parts: [],
    packages: [
      'class-variance-authority',
      'clsx',
      'lean-qr',
      'lucide-react',
      'radix-ui',
      'react',
      'react-dom',
      'sonner',
      'tailwind-merge',
    ],
  },
  components: { parts: [...SHOWN, ...COMPONENTS, 'lib/live'] },
  app: {
    parts: [
      ...SHOWN,
      'components',
      ...COMPONENTS,
      'lib/io',
      'lib/auth',
      'lib/db',
      'lib/live',
      'lib/live/server',
      'lib/api/route',
    ],
  },
}

/** Packages that one part keeps to itself, so that what they do can be replaced in one place. */
export const RESERVED: Readonly<Record<string, readonly string[]>> = {
  '@prisma/client': ['lib/db'],
  '@prisma/adapter-libsql': ['lib/db'],
  '@libsql/client': ['lib/db'],
  libsql: ['lib/db'],
  'better-auth': ['lib/auth'],
  '@node-rs/argon2': ['lib/auth'],
  ssh2: ['lib/ssh', 'lib/steps', 'workers/lab'],
  'node-ssh': ['lib/ssh'],
  'openid-client': ['lib/oidc'],
  '@simplewebauthn/server': ['lib/auth'],
  otpauth: ['lib/auth'],
}

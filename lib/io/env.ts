import path from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { PanelError } from '@/lib/base/errors'
import { faultOfTrust } from './trusted-proxies'
import { whyNotServed } from './way-in'

/** `none`, `loopback`, `all`, or addresses and CIDR ranges with commas between. */
function trustable({ value, issues }: z.core.ParsePayload<string>): void {
  const message = faultOfTrust(value)
  if (message) issues.push({ code: 'custom', input: value, message })
}

/** A port to listen on; 0 takes any free one. */
const Port = z.coerce.number().int().min(0).max(65535)

/** What can be set from outside, by its environment name. HOSTNAME is never read: shells set it. */
const Settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: Port.default(4880),
  DRAWBRIDGE_DATA: z.string().min(1).default('./data'),
  LAB: z.enum(['on', 'off']).default('on'),
  LAB_PORT: Port.default(18006),
  LAB_HOSTS: z.enum(['1', '3']).default('1'),
  LAB_SPEED: z.coerce.number().positive().max(10_000).default(30),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUST_PROXY: z.string().default('none').check(trustable),
  LAN: z.enum(['on', 'off']).default('off'),
  TLS_CERT: z.string().min(1).optional(),
  TLS_KEY: z.string().min(1).optional(),
  INSECURE_HTTP: z.enum(['on', 'off']).default('off'),
  BACKUP_DIR: z.string().min(1).optional(),
})
type Setting = keyof typeof Settings.shape

/** The command line's name for each. */
const FLAGS: Record<string, Setting> = {
  host: 'HOST',
  port: 'PORT',
  data: 'DRAWBRIDGE_DATA',
  lab: 'LAB',
  'lab-port': 'LAB_PORT',
  'lab-speed': 'LAB_SPEED',
  'lab-hosts': 'LAB_HOSTS',
  'public-url': 'PUBLIC_URL',
  'trust-proxy': 'TRUST_PROXY',
  'tls-cert': 'TLS_CERT',
  'tls-key': 'TLS_KEY',
  'backup-dir': 'BACKUP_DIR',
}

/** Flags without a value: naming them is switching on. */
const SWITCHES: Record<string, Setting> = { lan: 'LAN', 'insecure-http': 'INSECURE_HTTP' }

/** How this panel was asked to run. */
export type Config = {
  /** The address that the panel listens on. */
  host: string
  port: number
  /** Absolute. The only folder that a running panel writes to. */
  dataDir: string
  /** Whether the simulated homelab may run. */
  lab: boolean
  /** The first port of the lab; it takes the next ones too. */
  labPort: number
  /** How many simulated seconds pass in one. */
  labSpeed: number
  /** Hosts of a lab that is made anew; one that was kept stays as it is. */
  labHosts: 1 | 3
  /** The origin that browsers use, without a slash at its end, where it is not host and port. */
  publicUrl: string | null
  /** Whose `X-Forwarded-*` is believed; see lib/io/trusted-proxies.ts. */
  trustProxy: string
  /** HTTPS by a certificate authority of the panel's own, on every address of the machine. */
  lan: boolean
  /** Absolute paths of the person's own certificate (with its chain) and key, PEM. */
  ownCertificate: { certPath: string; keyPath: string } | null
  /** Plain HTTP on other addresses than loopback, by a person who was told the risk. */
  insecureHttp: boolean
  /** Absolute; where backups of the panel go. Null: as the settings say. */
  backupDir: string | null
  /** What the environment or the command line fixed; settings in the database do not change these. */
  fixed: readonly Setting[]
}

/**
 * The configuration from the command line, then the environment, then the defaults.
 *
 * Throws {@link ConfigError} that names every faulty setting at once. An empty variable counts as
 * not set. `args` are those after the program's name.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = [],
): Config {
  const given = { ...nonEmpty(env), ...fromFlags(args) }
  const parsed = Settings.safeParse(given)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(faultLine(given)))
  const settings = parsed.data
  const config: Config = {
    // Reached from elsewhere means on every address, unless one was named.
    host: settings.LAN === 'on' && !given.HOST ? '0.0.0.0' : settings.HOST,
    port: settings.PORT,
    dataDir: path.resolve(settings.DRAWBRIDGE_DATA),
    lab: settings.LAB === 'on',
    labPort: settings.LAB_PORT,
    labSpeed: settings.LAB_SPEED,
    labHosts: settings.LAB_HOSTS === '3' ? 3 : 1,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    trustProxy: settings.TRUST_PROXY,
    lan: settings.LAN === 'on',
    ownCertificate: ownCertificateOf(settings),
    insecureHttp: settings.INSECURE_HTTP === 'on',
    backupDir: settings.BACKUP_DIR ? path.resolve(settings.BACKUP_DIR) : null,
    fixed: Object.keys(given) as Setting[],
  }
  const reason = whyNotServed(config)
  if (reason) throw new ConfigError([reason])
  return config
}

function ownCertificateOf({
  TLS_CERT: cert,
  TLS_KEY: key,
}: z.infer<typeof Settings>): Config['ownCertificate'] {
  if (!cert && !key) return null
  if (!cert || !key)
    throw new ConfigError([
      `${cert ? 'TLS_CERT' : 'TLS_KEY'} is set without ${cert ? 'TLS_KEY' : 'TLS_CERT'} - a certificate is of use only with its key`,
    ])
  return { certPath: path.resolve(cert), keyPath: path.resolve(key) }
}

/** The environment that gives a child process this very configuration. */
export function toEnv(config: Config): Record<string, string> {
  return {
    HOST: config.host,
    PORT: String(config.port),
    DRAWBRIDGE_DATA: config.dataDir,
    LAB: config.lab ? 'on' : 'off',
    LAB_PORT: String(config.labPort),
    LAB_SPEED: String(config.labSpeed),
    LAB_HOSTS: String(config.labHosts),
    PUBLIC_URL: config.publicUrl ?? '',
    TRUST_PROXY: config.trustProxy,
    LAN: config.lan ? 'on' : 'off',
    TLS_CERT: config.ownCertificate?.certPath ?? '',
    TLS_KEY: config.ownCertificate?.keyPath ?? '',
    INSECURE_HTTP: config.insecureHttp ? 'on' : 'off',
    BACKUP_DIR: config.backupDir ?? '',
  }
}

/** A setting from outside that cannot be used. */
export class ConfigError extends PanelError {
  readonly code = 'config.invalid'

  constructor(faults: readonly string[]) {
    super(`${faults.join('; ')} - correct it in the environment or on the command line.`)
  }
}

function nonEmpty(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of Object.keys(Settings.shape)) {
    const value = env[name]
    if (value) found[name] = value
  }
  return found
}

function fromFlags(args: readonly string[]): Record<string, string> {
  const options = Object.fromEntries([
    ...Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]),
    ...Object.keys(SWITCHES).map((name) => [name, { type: 'boolean' as const }]),
  ])
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true })
    return Object.fromEntries(
      Object.entries(values).map(([flag, value]) =>
        flag in SWITCHES ? [SWITCHES[flag], 'on'] : [FLAGS[flag], String(value)],
      ),
    )
  } catch (error) {
    const known = [...Object.keys(FLAGS), ...Object.keys(SWITCHES)]
      .map((name) => `--${name}`)
      .join(', ')
    throw new ConfigError([`${(error as Error).message.split('.')[0]} (known: ${known})`])
  }
}

const faultLine = (given: Record<string, string>) => (issue: z.core.$ZodIssue) => {
  const name = String(issue.path[0])
  return `${name}=${given[name]} cannot be used: ${issue.message}`
}

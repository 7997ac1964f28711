import type { SeedSpec } from '@/lib/plan/step'
import { cloudYaml } from './cloud-yaml'

/** The keys that go into a seed: what its guest is known by, and who may sign in. */
export type SeedKeys = {
  /** The panel's own public key. */
  userKey: string
  /** Made by the panel, so that the guest is known before its first boot. Null for a builder. */
  hostKey: { private: string; public: string } | null
}

const HEADER = '#cloud-config\n'
const GUARD = '/etc/cloud/cloud.cfg.d/99-drawbridge.cfg'

/**
 * First boot of a VM. The seed is taken away afterwards: the guard file tells cloud-init to keep
 * to what it said, instead of taking the next boot for the first one of another machine and
 * making new host keys (T2).
 */
export function renderUserData(seed: SeedSpec, keys: SeedKeys): string {
  return render({
    ...identityOf(seed),
    ...accessOf(seed, keys),
    ...softwareOf(seed),
    write_files: [
      { path: '/etc/hosts', permissions: '0644', content: hostsFile(seed) },
      {
        path: GUARD,
        permissions: '0644',
        content: 'manual_cache_clean: true\nssh_deletekeys: false\n',
      },
    ],
  })
}

/**
 * First and only boot of a template's builder: installs, removes what must differ between clones,
 * and switches itself off. It stays on if a package is missing, so that "off" means "baked".
 */
export function renderBuilderUserData(seed: SeedSpec, keys: SeedKeys): string {
  return render({
    ...identityOf(seed),
    ...accessOf(seed, keys),
    ...softwareOf(seed),
    runcmd: [
      ['apt-get', 'clean'],
      ['truncate', '-s', '0', '/etc/machine-id'],
      ['rm', '-f', '/var/lib/dbus/machine-id'],
      ['sh', '-c', 'rm -f /etc/ssh/ssh_host_*'],
      ['cloud-init', 'clean', '--logs'],
      ['sync'],
    ],
    power_state: {
      mode: 'poweroff',
      delay: 'now',
      timeout: 60,
      condition: seed.packages.length > 0 ? ['dpkg', '-s', ...seed.packages] : true,
    },
  })
}

const render = (value: Record<string, unknown>) => HEADER + cloudYaml(value)

const fqdnOf = ({ hostname, domain }: SeedSpec) => (domain ? `${hostname}.${domain}` : hostname)

const identityOf = (seed: SeedSpec) => ({
  hostname: seed.hostname,
  fqdn: fqdnOf(seed),
  prefer_fqdn_over_hostname: false,
  // cloud-init would rewrite /etc/hosts at each boot and lose the cluster's endpoint (T16).
  manage_etc_hosts: false,
  ...(seed.timezone === null ? {} : { timezone: seed.timezone }),
  ...(seed.ntp.length === 0 ? {} : { ntp: { enabled: true, servers: seed.ntp } }),
})

const accessOf = (seed: SeedSpec, { userKey, hostKey }: SeedKeys) => ({
  users: [
    {
      name: seed.user,
      gecos: 'Drawbridge',
      sudo: 'ALL=(ALL) NOPASSWD:ALL',
      shell: '/bin/bash',
      lock_passwd: true,
      ssh_authorized_keys: [userKey, ...seed.authorizedKeys],
    },
  ],
  disable_root: true,
  ssh_pwauth: false,
  ssh_deletekeys: true,
  ...(hostKey === null
    ? {}
    : { ssh_keys: { ed25519_private: hostKey.private, ed25519_public: hostKey.public } }),
})

const softwareOf = (seed: SeedSpec) => ({
  package_update: seed.packages.length > 0,
  package_upgrade: false,
  ...(seed.packages.length === 0 ? {} : { packages: seed.packages }),
})

/** The machine resolves its own name to its own address where it has a fixed one. */
function hostsFile(seed: SeedSpec): string {
  const own = seed.nics.find(({ address }) => address !== null)?.address?.split('/')[0]
  const names = [...new Set([fqdnOf(seed), seed.hostname])].join(' ')
  return [
    '127.0.0.1 localhost',
    `${own ?? '127.0.1.1'} ${names}`,
    ...seed.hosts,
    '::1 localhost ip6-localhost ip6-loopback',
    'ff02::1 ip6-allnodes',
    'ff02::2 ip6-allrouters',
    '',
  ].join('\n')
}

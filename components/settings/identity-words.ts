import type { ConnectionIdentity } from '@/lib/api/contract-identity'

type Words = {
  /** What is shown, such as `certificate`. */
  proof: string
  /** What could explain it, likeliest first. */
  explanations: readonly string[]
  /** A command for the machine's own console that prints what it ought to show; null: none. */
  command: string | null
}

const SSH_COMMAND = 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'

/**
 * What a person needs to judge a changed identity. Proxmox renews the certificate that it signs itself
 * when less than two weeks of its two years are left (pveupdate, PVE 8 and 9); one from Let's Encrypt
 * lives 90 days.
 */
const WORDS: Record<ConnectionIdentity['kind'], Words> = {
  certificate: {
    proof: 'certificate',
    explanations: [
      'Proxmox renewed it: its own before its two years are over, one from Let’s Encrypt about every 60 days.',
      'The host was reinstalled, or somebody uploaded another certificate.',
      'Another machine has this address, or somebody stands in between and wants the token.',
    ],
    command: 'pvenode cert info --output-format json-pretty | grep -A2 fingerprint',
  },
  'jump-host': {
    proof: 'SSH host key',
    explanations: [
      'The machine in between was reinstalled, or its keys were made anew.',
      'Another machine has this address, or somebody stands in between.',
    ],
    command: SSH_COMMAND,
  },
  vm: {
    proof: 'SSH host key',
    explanations: [
      'Somebody reinstalled it by hand, or restored an old disk.',
      'Another machine has its address: see Addresses.',
      'Somebody stands in between.',
    ],
    command: SSH_COMMAND,
  },
  cluster: {
    proof: 'certificate',
    explanations: [
      'Its control plane was made anew by hand: Deploy reads the new authority from it over SSH.',
      'Another cluster, or a proxy, answers at its address.',
    ],
    command: null,
  },
}

/** See {@link WORDS}. */
export const wordsOf = ({ kind }: Pick<ConnectionIdentity, 'kind'>): Words => WORDS[kind]

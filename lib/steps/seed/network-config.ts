import type { SeedSpec } from '@/lib/plan/step'
import { cloudYaml } from './cloud-yaml'

/**
 * Network configuration, version 2: NICs known by their MAC and named `eth0`, `eth1` ... in the
 * document's order. PVE's own generated one has neither MTU nor routes (Cloudinit.pm:525).
 */
export function renderNetworkConfig(seed: SeedSpec): string {
  return cloudYaml({
    version: 2,
    ethernets: Object.fromEntries(
      seed.nics.map((nic, index) => [`eth${index}`, ethernet(nic, index, seed.domain)]),
    ),
  })
}

type SeedNic = SeedSpec['nics'][number]

function ethernet(nic: SeedNic, index: number, domain: string | null) {
  const routes = [
    // `default` is not understood by every renderer of cloud-init.
    ...(nic.gateway === null ? [] : [{ to: '0.0.0.0/0', via: nic.gateway }]),
    ...nic.routes.map(({ to, via }) => ({ to, via })),
  ]
  return {
    match: { macaddress: nic.mac.toLowerCase() },
    'set-name': `eth${index}`,
    ...(nic.address === null ? { dhcp4: true } : { dhcp4: false, addresses: [nic.address] }),
    ...(nic.mtu === null ? {} : { mtu: nic.mtu }),
    ...(routes.length === 0 ? {} : { routes }),
    ...(nic.dns.length === 0
      ? {}
      : { nameservers: { addresses: nic.dns, ...(domain ? { search: [domain] } : {}) } }),
  }
}

import { stringify } from 'yaml'
import type { K3sMirror } from '../step'
import { K3S } from './k3s'

/** Where the authority of a mirror lies on the nodes. */
export const mirrorCaPath = (index: number) => `${K3S.folder}/mirror-${index}.crt`

/** Where an authority that the whole machine trusts lies, for `update-ca-certificates`. */
export const trustedCaPath = (index: number) =>
  `/usr/local/share/ca-certificates/drawbridge-${index}.crt`

/**
 * registries.yaml (docs.k3s.io/installation/private-registry): mirrors are asked first, the registry
 * itself last. `passwords` by mirror, secret; null without any mirror.
 */
export function registriesFile(
  mirrors: readonly K3sMirror[],
  passwords: readonly (string | null)[],
): string | null {
  if (mirrors.length === 0) return null
  const configs = mirrors.map((each, index) => [
    new URL(each.mirror).host,
    {
      ...(each.user === null
        ? {}
        : { auth: { username: each.user, password: passwords[index] ?? '' } }),
      ...(each.ca === null ? {} : { tls: { ca_file: mirrorCaPath(index) } }),
    },
  ])
  const content = {
    mirrors: Object.fromEntries(
      mirrors.map(({ registry, mirror }) => [registry, { endpoint: [mirror] }]),
    ),
    configs: Object.fromEntries(configs),
  }
  return `# Written by Drawbridge.\n${stringify(content, { lineWidth: 0 })}`
}

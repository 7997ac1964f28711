import { connectProxmox } from '@/lib/proxmox/client'
import type { ProxmoxSettings } from '@/lib/proxmox/settings'
import type { ProxmoxApart } from '@/lib/steps/handler'

/**
 * Short, so that the held connection is used again before Proxmox closes it as idle, after 5 s: a
 * firewall that drops packets shows in that no connection comes about.
 */
const PROBE_LIMITS = { connectMs: 2_000, answerMs: 2_500, connections: 1 }

/**
 * A Proxmox over connections of its own. A node is probed at every address that the connection has,
 * each over a connection that was not there before; one without an address of its own answers through
 * the first, which shows less: Proxmox lets its own nodes through to each other.
 */
export function openApart(settings: ProxmoxSettings): ProxmoxApart {
  const { others = [], ...first } = settings
  const held = connectProxmox({ ...first, limits: { connections: 1 } })
  return {
    held,
    async probe(node, signal) {
      for (const address of [first, ...others.map((other) => ({ ...first, ...other }))]) {
        signal.throwIfAborted()
        const fresh = connectProxmox({ ...address, limits: PROBE_LIMITS })
        try {
          await (address === first ? fresh.nodeStatus(node) : fresh.version())
        } finally {
          await fresh.close()
        }
      }
    },
    close: () => held.close(),
  }
}

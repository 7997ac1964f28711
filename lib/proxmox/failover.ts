import type { DoorKeeper } from './console'
import { ProxmoxError } from './errors'
import type { ProxmoxSettings } from './settings'
import { type Call, openTransport, type Transport } from './transport'

/** A transport that also says where it last was and how it signs in there. */
export type FailoverTransport = Pick<Transport, 'send' | 'close'> & { door: DoorKeeper }

/**
 * Asks the nodes of one cluster in the order given, from the one on that answered last. Another node
 * is asked only where the call certainly did nothing: where no connection came about, or for reads.
 * A refusal, another certificate, and a change of which nobody knows whether it arrived are errors.
 */
export function openFailover(settings: ProxmoxSettings): FailoverTransport {
  const { others = [], ...first } = settings
  const places = [first, ...others.map((address) => ({ ...first, ...address }))]
  const transports = places.map(openTransport)
  let current = 0

  return {
    async send(call) {
      const from = current
      let failure: unknown
      for (let i = 0; i < transports.length; i++) {
        const index = (from + i) % transports.length
        try {
          const answer = await transports[index]?.send(call)
          current = index
          return answer
        } catch (error) {
          failure ??= error
          if (!mayAskAnother(call, error)) throw error
        }
      }
      throw failure
    },
    async door() {
      const { url, fingerprint } = places[current] ?? first
      const headers = (await transports[current]?.headers()) ?? {}
      return { address: { url, fingerprint }, headers }
    },
    async close() {
      await Promise.all(transports.map((transport) => transport.close()))
    },
  }
}

/** Whether asking another node can neither repeat a change nor end as the first did. */
export function mayAskAnother(call: Call, error: unknown): boolean {
  if (!(error instanceof ProxmoxError) || error.code !== 'proxmox.unreachable') return false
  if (call.signal?.aborted) return false
  // Its content may be a stream, of which a part is gone.
  if (call.multipart) return false
  // The node that answered could not reach the one that is meant: no other one can do it either.
  if (error.answer !== null && call.path.startsWith('/nodes/')) return false
  return call.method === 'GET' || !error.mayHaveHappened
}

import type { Cluster } from './cluster'
import { ProxmoxError } from './errors'

/**
 * VMIDs that somebody is about to use: PVE reserves none (`nextid` answers the same one to everybody
 * until a guest has it), so two who ask at once would take the same. One of these per Proxmox.
 */
export class VmidReservations {
  readonly #held = new Set<number>()

  /**
   * The first VMID from `from` to `to`, both inclusive, that no guest of the cluster has, nobody holds
   * and `taken` does not name; held until it is released. Throws `proxmox.no-vmid`.
   */
  async reserve(
    cluster: Pick<Cluster, 'resources' | 'vmidIsFree'>,
    { from, to, taken = new Set() }: { from: number; to: number; taken?: ReadonlySet<number> },
  ): Promise<number> {
    const seen = new Set((await cluster.resources('vm')).map(({ vmid }) => vmid))
    for (let vmid = from; vmid <= to; vmid++) {
      if (seen.has(vmid) || taken.has(vmid) || this.#held.has(vmid)) continue
      this.#held.add(vmid)
      // The list may be 10 s behind; this is asked of the cluster's files themselves.
      const free = await cluster.vmidIsFree(vmid).catch((error: unknown) => {
        this.#held.delete(vmid)
        throw error
      })
      if (free) return vmid
      this.#held.delete(vmid)
    }
    throw new ProxmoxError(
      'proxmox.no-vmid',
      `No VMID from ${from} to ${to} is free - every one is a guest's or about to be - widen the range.`,
    )
  }

  /** Holds one that was chosen elsewhere; false where somebody does already. */
  hold(vmid: number): boolean {
    if (this.#held.has(vmid)) return false
    this.#held.add(vmid)
    return true
  }

  release(vmid: number): void {
    this.#held.delete(vmid)
  }
}

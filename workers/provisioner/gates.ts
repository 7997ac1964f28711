import { kindOfAddress } from '@/lib/io/address-kind'
import type { Dialer } from '@/lib/io/dialer'
import { type Egress, EgressError, targetOf } from '@/lib/io/egress'
import type { Proxmox } from '@/lib/proxmox/proxmox'

/**
 * A Proxmox that is asked to download, or to look, only from where an admin allowed: whoever writes a document
 * must not be able to make a hypervisor fetch from inside its network. By name and port; what the
 * name stands for and where it redirects to, Proxmox itself decides.
 */
export const downloadsAllowed = (proxmox: Proxmox, egress: Pick<Egress, 'check'>): Proxmox => ({
  ...proxmox,
  async downloadUrl(node, storage, download) {
    const { host, port } = targetOf(download.url)
    await egress.check(host, port)
    return proxmox.downloadUrl(node, storage, download)
  },
  // Looking at an address fetches from it as well.
  async urlMetadata(node, url) {
    const { host, port } = targetOf(url)
    await egress.check(host, port)
    return proxmox.urlMetadata(node, url)
  },
})

/**
 * A dialer that goes to addresses which a machine of a topology can have. An address is written by
 * whoever edits the document: the panel's own machine and link-local ones (with the metadata services
 * of clouds) are no VM's.
 */
export const toGuestsOnly = (dialer: Dialer): Dialer => ({
  ...dialer,
  async dial(host, port, signal) {
    const kind = kindOfAddress(host)
    if (kind === 'never' || kind === 'loopback')
      throw new EgressError(`${host}:${port}`, 'no VM or cluster can have that address')
    return dialer.dial(host, port, signal)
  },
})

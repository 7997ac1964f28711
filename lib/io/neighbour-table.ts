import { readFile } from 'node:fs/promises'

/** Somebody on a wire of this machine. */
export type Neighbour = { address: string; mac: string }

/** `ATF_COM` of Linux' if_arp.h: the entry is complete, somebody answered. */
const COMPLETE = 0x2

/**
 * Who answered ARP (RFC 826) on this machine's own wires, from the kernel's table as `/proc/net/arp`
 * shows it. Upper-case MACs. Nobody where there is no such file (other systems, some containers).
 */
export async function readNeighbours(file = '/proc/net/arp'): Promise<Neighbour[]> {
  try {
    return parseNeighbours(await readFile(file, 'utf8'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'EACCES') return []
    throw error
  }
}

/** The complete entries of a table: `IP address  HW type  Flags  HW address  Mask  Device` (proc(5)). */
export function parseNeighbours(text: string): Neighbour[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [address = '', , flags = '', mac = ''] = line.trim().split(/\s+/)
      const complete = (Number.parseInt(flags, 16) & COMPLETE) !== 0
      const real = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac) && mac !== '00:00:00:00:00:00'
      return complete && real ? [{ address, mac: mac.toUpperCase() }] : []
    })
}

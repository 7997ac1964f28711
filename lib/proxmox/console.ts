import { z } from 'zod'
import { Secret } from '@/lib/base/secret'
import { num, text } from './answer-values'
import { type Ask, path } from './ask'
import type { ProxmoxAddress } from './settings'
import type { Upid } from './values'

/** A console that waits at Proxmox for one websocket, for 10 s. The relay opens that and greets. */
export type ConsoleDoor = {
  kind: 'vnc' | 'serial'
  /** `wss://...`; the ticket is in its query, so it is never logged. */
  url: Secret
  /** The subprotocol to ask for. */
  protocol: 'binary'
  /** Headers of the opening request: the same sign-in as the call that opened the door. */
  headers: Record<string, Secret>
  /** What the server at `url` must show; the node that answered the call. */
  address: ProxmoxAddress
  /**
   * Serial: the first message to send, answered by `OK` (lib/proxmox/term-frames.ts). VNC: null, the
   * password is asked for by RFB's own handshake.
   */
  greeting: Secret | null
  /** VNC's password. */
  password: Secret | null
  /** Its task; ends with the websocket. */
  upid: Upid
}

/** Screens and serial ports of VMs. */
export type Consoles = {
  /** The screen, in RFB (RFC 6143). */
  openScreen(node: string, vmid: number): Promise<ConsoleDoor>
  /** A serial port as a terminal. Refused where the VM has none. */
  openSerial(node: string, vmid: number, port?: SerialPort): Promise<ConsoleDoor>
}
export type SerialPort = 'serial0' | 'serial1' | 'serial2' | 'serial3'

/** How the transport signs in and where it last was, for a connection beside its own. */
export type DoorKeeper = () => Promise<{
  address: ProxmoxAddress
  headers: Record<string, Secret>
}>

const Vnc = z.object({ port: num, ticket: z.string(), upid: z.string(), password: text.optional() })
const Term = z.object({ port: num, ticket: z.string(), upid: z.string(), user: z.string() })

/** See {@link Consoles}. PVE 8 and 9 source, PVE/API2/Qemu.pm vncproxy, termproxy, vncwebsocket. */
export function consoleCalls(ask: Ask, keeper: DoorKeeper): Consoles {
  const door = async (
    place: { node: string; vmid: number },
    proxy: { port: number; ticket: string; upid: string },
    rest: Pick<ConsoleDoor, 'kind' | 'greeting' | 'password'>,
  ): Promise<ConsoleDoor> => {
    const { address, headers } = await keeper()
    return {
      ...rest,
      url: new Secret(socketUrl(address.url, place, proxy)),
      ...{ protocol: 'binary', headers, address, upid: proxy.upid },
    }
  }
  return {
    async openScreen(node, vmid) {
      const proxy = await ask(Vnc, {
        method: 'POST',
        path: path`/nodes/${node}/qemu/${vmid}/vncproxy`,
        what: `Open the screen of VM ${vmid}`,
        body: { websocket: true, 'generate-password': true },
      })
      // Without a password of its own the ticket is the password.
      const password = new Secret(proxy.password ?? proxy.ticket)
      return door({ node, vmid }, proxy, { kind: 'vnc', greeting: null, password })
    },
    async openSerial(node, vmid, port) {
      const proxy = await ask(Term, {
        method: 'POST',
        path: path`/nodes/${node}/qemu/${vmid}/termproxy`,
        what: `Open ${port ?? 'the serial port'} of VM ${vmid}`,
        body: { serial: port },
      })
      const greeting = new Secret(`${proxy.user}:${proxy.ticket}\n`)
      return door({ node, vmid }, proxy, { kind: 'serial', greeting, password: null })
    },
  }
}

function socketUrl(
  base: string,
  { node, vmid }: { node: string; vmid: number },
  { port, ticket }: { port: number; ticket: string },
): string {
  const url = new URL(base)
  url.protocol = 'wss:'
  url.pathname = `/api2/json${path`/nodes/${node}/qemu/${vmid}/vncwebsocket`}`
  url.search = new URLSearchParams({ port: String(port), vncticket: ticket }).toString()
  return url.toString()
}

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { io as connect } from 'socket.io-client'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Role } from '@/lib/api/contract'
import type { ConsoleKind } from '@/lib/api/contract-console'
import type { PanelSession } from '@/lib/auth/session'
import { standingOf } from '@/lib/auth/standing'
import { ConsoleConnection } from '@/lib/live/console-connection'
import { CONSOLE_WINDOW } from '@/lib/live/contract'
import { attachLive } from '@/lib/live/server'
import type { LiveSocket } from '@/lib/live/socket'
import { type ConsoleNote, ConsoleRelay } from '@/workers/panel/console-relay'
import { OpenConsoles } from './consoles'
import { FirstBoots } from './first-boots'
import {
  addTopology,
  enqueue,
  type Homelab,
  mustPlan,
  startHomelab,
  waitForEnd,
} from './testing/homelab'
import { TWO_VMS } from './testing/two-vms'

let home: Homelab
let topologyId: string
let firstBoots: FirstBoots
let deployJob: string

beforeAll(async () => {
  home = await startHomelab({ speed: 600 })
  firstBoots = new FirstBoots(home.shop.reach)
  home.shop.firstBoots = firstBoots
  topologyId = await addTopology(home, TWO_VMS)
  const plan = await mustPlan(home, topologyId, { kind: 'deploy' })
  deployJob = await enqueue(home, topologyId, plan)
  expect((await waitForEnd(home, deployJob)).status).toBe('succeeded')
}, 120_000)
afterAll(async () => {
  firstBoots.close()
  await home.close()
})

const vmNamed = (name: string) => {
  const found = Object.values(home.lab.engine.state.vms).find(({ config }) => config.name === name)
  if (!found) throw new Error(`no ${name}`)
  return found
}

/** A panel's sockets, its relay and a provisioner's consoles at the lab, in one process. */
async function panel() {
  const roles = new Map<string, Role>([
    ['ada', 'operator'],
    ['eve', 'operator'],
  ])
  const notes: ConsoleNote[] = []
  const sessionOf = (name: string): PanelSession => ({
    ...{ id: name, kind: 'browser', confirmedAt: 0, expiresAt: 0, scopes: null, topologies: null },
    me: { id: name, name, role: roles.get(name) ?? 'member', grants: {} },
  })
  let provisioner: OpenConsoles | null = null
  const relay: ConsoleRelay = new ConsoleRelay({
    ask: (_, question) => provisioner?.answers['console.open']?.(question as never) as never,
    send: (message) => provisioner?.take(message),
    note: async (note) => void notes.push(note),
    changed: () => undefined,
    ...{ now: () => 0, log: () => undefined },
  })
  const { db, shop } = home
  const startProvisioner = () => {
    provisioner = new OpenConsoles({
      ...{ db, panelId: shop.panelId, reach: shop.reach, firstBoots },
      send: (message) => relay.take(message),
    })
  }
  startProvisioner()
  const server = http.createServer()
  const io = new Server(server)
  const live = attachLive(io as never, {
    findSession: async (headers) => {
      const name = headers.get('cookie') ?? ''
      return roles.has(name) ? sessionOf(name) : null
    },
    findStandings: async (ids) =>
      new Map(ids.filter((id) => roles.has(id)).map((id) => [id, standingOf(sessionOf(id).me)])),
    findPlace: async (kind, id) => ({ kind, id, topologies: [id], ofPanel: false }),
    noteRefused: async () => undefined,
    ...{ publicUrl: null, now: () => 0, consoles: relay },
    readEvents: async () => null,
    readLines: async () => ({ lines: [], last: 0 }),
    log: (text) => {
      throw new Error(text)
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    provisioner?.close()
    live.close()
    await io.close()
  })
  const { port } = server.address() as AddressInfo
  const socketOf = async (name: string): Promise<LiveSocket> => {
    const socket: LiveSocket = connect(`http://127.0.0.1:${port}`, {
      ...{ extraHeaders: { cookie: name }, forceNew: true, reconnection: false },
    })
    onTestFinished(() => void socket.disconnect())
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
    return socket
  }
  const open = (name: string, kind: ConsoleKind, take = false) =>
    relay.open(
      { topologyId, vm: 'web', kind, take },
      { session: sessionOf(name), actor: { id: name, name, via: 'browser', from: null } },
    )
  return {
    ...{ relay, roles, notes, socketOf, open },
    /** As when its process is killed and started again. */
    restartProvisioner() {
      provisioner?.close()
      startProvisioner()
      relay.lost()
    },
  }
}

/** What a page does: opens, attaches, and shows everything at once or when it is told to. */
async function look(socket: LiveSocket, id: string, { holds = false }: { holds?: boolean } = {}) {
  let text = ''
  let bytes = 0
  let why: string | null = null
  const unshown: (() => void)[] = []
  const watchers = new Set<() => void>()
  const tell = () => {
    for (const watcher of watchers) watcher()
  }
  const connection = new ConsoleConnection(
    socket,
    { topologyId, id },
    {
      output(data, shown) {
        bytes += data.byteLength
        text = (text + new TextDecoder('latin1').decode(data)).slice(-10_000)
        if (holds) unshown.push(shown)
        else shown()
        tell()
      },
      ended(reason) {
        why = reason
        tell()
      },
    },
  )
  const until = <T>(found: () => T | null | false): Promise<T> =>
    new Promise((resolve) => {
      const check = () => {
        const value = found()
        if (value !== null && value !== false) resolve(value)
      }
      watchers.add(check)
      check()
    })
  const attached = await connection.attach({ columns: 80, rows: 24 })
  return {
    ...{ connection, attached },
    shows: (part: string) => until(() => text.includes(part)),
    ended: () => until(() => why),
    came: (least: number) => until(() => bytes >= least),
    bytes: () => bytes,
    showAll() {
      holds = false
      for (const shown of unshown.splice(0)) shown()
    },
  }
}

const type = (connection: ConsoleConnection, text: string) =>
  connection.write(new TextEncoder().encode(text))

test('a serial console shows what the guest prints and takes what is typed, of its own socket alone', async () => {
  const { socketOf, open, notes, relay } = await panel()
  const socket = await socketOf('ada')
  const id = await open('ada', 'serial')
  const seen = await look(socket, id)
  expect(seen.attached).toEqual({ password: null })
  await seen.shows('web login:')
  // Somebody else's socket, and another of the same person, do nothing to it.
  for (const name of ['eve', 'ada'] as const) {
    const other = await socketOf(name)
    other.emit('console-input', { id, data: new TextEncoder().encode('evil') })
    other.emit('console-close', { id })
    expect(await look(other, id).then(({ attached }) => attached)).toBeNull()
  }
  type(seen.connection, 'rööt\r')
  await seen.shows('Login incorrect')
  expect(relay.list(topologyId, 'eve')).toMatchObject([{ by: 'ada', own: false, kind: 'serial' }])
  seen.connection.close()
  await expect.poll(() => relay.list(topologyId, 'ada')).toEqual([])
  expect(notes.map(({ action, why }) => [action, why])).toEqual([
    ['console.open', ''],
    ['console.close', 'It was closed by hand.'],
  ])
})

test('a serial port takes one person at a time, and who takes it over is told to the first', async () => {
  const { socketOf, open } = await panel()
  const ada = await look(await socketOf('ada'), await open('ada', 'serial'))
  await expect(open('eve', 'serial')).rejects.toMatchObject({ status: 409, code: 'console.taken' })
  const eve = await look(await socketOf('eve'), await open('eve', 'serial', true))
  expect(await ada.ended()).toBe('eve took it over.')
  await eve.shows('web login:')
  // One's own second window needs no asking.
  await open('eve', 'serial')
  expect(await eve.ended()).toContain('another window')
})

test('more than a window unshown makes the guest wait, and nothing is lost', async () => {
  const { socketOf, open } = await panel()
  const seen = await look(await socketOf('ada'), await open('ada', 'serial'), { holds: true })
  await seen.shows('web login:')
  const line = 'x'.repeat(16 * 1024)
  const [before, count] = [seen.bytes(), 400]
  for (let i = 0; i < count; i++)
    home.lab.engine.change((lab) => lab.state.vms[vmNamed('web').vmid]?.guest?.console.push(line))
  await seen.came(CONSOLE_WINDOW)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(seen.bytes()).toBe(CONSOLE_WINDOW)
  seen.showAll()
  await seen.came(before + count * line.length)
  home.lab.engine.change((lab) => {
    const guest = lab.state.vms[vmNamed('web').vmid]?.guest
    if (guest) guest.console = guest.console.filter((text) => text !== line)
  })
})

test('who loses the role loses the console within seconds, and cannot come back with its id', async () => {
  const { socketOf, open, roles, relay, notes } = await panel()
  const socket = await socketOf('ada')
  const seen = await look(socket, await open('ada', 'serial'))
  const pending = await open('ada', 'screen')
  roles.set('ada', 'viewer')
  expect(await seen.ended()).toContain('The line to the panel broke')
  await expect.poll(() => relay.list(topologyId, 'ada')).toHaveLength(1)
  const again = await look(await socketOf('ada'), pending)
  expect(again.attached).toBeNull()
  expect(await again.ended()).toContain('needs "operator"')
  expect(notes.at(-1)).toMatchObject({ action: 'console.close', kind: 'serial' })
})

test('a provisioner that starts again ends what it held; the next console opens', async () => {
  const { socketOf, open, restartProvisioner } = await panel()
  const socket = await socketOf('ada')
  const seen = await look(socket, await open('ada', 'serial'))
  await seen.shows('web login:')
  restartProvisioner()
  expect(await seen.ended()).toContain('started again')
  const next = await look(socket, await open('ada', 'serial'))
  await next.shows('web login:')
})

test('a screen speaks RFB with a password of its own; a VM that is off has none', async () => {
  const { socketOf, open } = await panel()
  const socket = await socketOf('ada')
  const seen = await look(socket, await open('ada', 'screen'))
  expect(seen.attached?.password).toMatch(/^.{8}$/)
  await seen.shows('RFB 003.008\n')
  const proxmox = await home.shop.reach.proxmox('lab')
  const { node, vmid } = vmNamed('web')
  await proxmox.waitForTask(await proxmox.stopVm(node, vmid), {
    ...{ log: () => undefined, signal: AbortSignal.timeout(20_000) },
  })
  const off = await look(socket, await open('ada', 'serial'))
  expect(await off.ended()).toContain('is switched off')
})

test('the job keeps what each new machine printed while it booted the first time', () => {
  const lines = home.shop.store.read(deployJob, 0, 5000)
  for (const name of ['web', 'app']) {
    const of = lines.filter(({ stepId }) => stepId === `guest.ready:${name}`)
    const kept = of.filter(({ level }) => level === 'debug').map(({ text }) => text)
    expect(kept[0]).toMatch(new RegExp(`^The last \\d+ lines of the serial console of ${name}:$`))
    expect(kept.join('\n')).toContain('| [    0.000000] Linux version')
    expect(kept.join('\n')).toContain(`| ${name} login:`)
  }
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningLab, startLab } from './start-lab'
import { labClient } from './testing/lab-client'

let dataDir: string
let lab: RunningLab
let pve: ReturnType<typeof labClient>

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lab-'))
  lab = await startLab({ dataDir, port: 0, speed: 500 })
  pve = labClient(lab)
  const vm = { vmid: '300', name: 'seen', scsi0: 'local-lvm:4', serial0: 'socket' }
  await pve.task(await pve.call('POST', '/nodes/pve1/qemu', vm))
  await pve.task(await pve.call('POST', '/nodes/pve1/qemu/300/status/start'))
})

afterAll(async () => {
  await pve.close()
  await lab.close()
  rmSync(dataDir, { recursive: true })
})

type Door = { port: string; ticket: string; user: string }
const door = async (proxy: string): Promise<Door> =>
  (await pve.call('POST', `/nodes/pve1/qemu/300/${proxy}`, {})).data as Door

/** Opens the websocket of a door and collects what comes. */
function open({ port, ticket }: Door, vmid = 300) {
  const query = new URLSearchParams({ port, vncticket: ticket })
  const base = lab.connection.url.replace('https:', 'wss:')
  const socket = new WebSocket(
    `${base}/api2/json/nodes/pve1/qemu/${vmid}/vncwebsocket?${query}`,
    'binary',
    { rejectUnauthorized: false },
  )
  let got = Buffer.alloc(0)
  const waiting: (() => void)[] = []
  socket.on('message', (data: Buffer) => {
    got = Buffer.concat([got, data])
    for (const look of waiting) look()
  })
  const until = (holds: (bytes: Buffer) => boolean) =>
    new Promise<Buffer>((resolve, reject) => {
      const look = () => holds(got) && resolve(got)
      waiting.push(look)
      look()
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed')))
    })
  const opened = new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, response) =>
      reject(new Error(`${response.statusCode} ${response.statusMessage}`)),
    )
  })
  return { socket, until, opened }
}

test('the serial console shows what the guest printed, and echoes what is typed', async () => {
  const made = await door('termproxy')
  const { socket, until, opened } = open(made)
  await opened
  socket.send(`${made.user}:${made.ticket}\n`)
  await until((bytes) => bytes.subarray(0, 2).toString() === 'OK')
  await until((bytes) => bytes.includes('No bootable device.'))
  socket.send('1:80:24:')
  socket.send('2')
  socket.send('0:5:root\r')
  await until((bytes) => bytes.includes('root\r\nLogin incorrect'))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await pve.task(await pve.call('POST', '/nodes/pve1/qemu/300/status/stop'))
  await closed
  await pve.task(await pve.call('POST', '/nodes/pve1/qemu/300/status/start'))
})

test('a ticket opens one door once', async () => {
  const made = await door('termproxy')
  await expect(open(made, 101).opened).rejects.toThrow(
    '401 permission denied - invalid PVEVNC ticket',
  )
  const first = open(made)
  await first.opened
  first.socket.close()
  await expect(open(made).opened).rejects.toThrow('401')
})

test('another greeting than its own is shown out', async () => {
  const { socket, opened } = open(await door('termproxy'))
  await opened
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.send('root@pam:PVEVNC:nonsense\n')
  await closed
})

test('the screen speaks RFB and shows that it is a simulation', async () => {
  const { socket, until, opened } = open(await door('vncproxy'))
  await opened
  await until((bytes) => bytes.subarray(0, 12).toString() === 'RFB 003.008\n')
  socket.send('RFB 003.008\n')
  await until((bytes) => bytes.length === 14)
  socket.send(Buffer.from([1]))
  await until((bytes) => bytes.length === 18)
  socket.send(Buffer.from([1]))
  await until((bytes) => bytes.includes('Drawbridge Lab (simulation)'))
  const before = (await until(() => true)).length
  socket.send(Buffer.from([3, 0, 0, 0, 0, 0, 1, 64, 0, 200]))
  await until((bytes) => bytes.length === before + 16 + 320 * 200 * 4)
  socket.close()
})

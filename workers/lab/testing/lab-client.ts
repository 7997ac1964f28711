import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SocksClient } from 'socks'
import ssh2 from 'ssh2'
import { Agent, FormData, fetch } from 'undici'
import type { LabConnection, RunningLab } from '../start-lab'

export type PveAnswer = { status: number; reason: string; text: string; data: unknown }

/** A small client for tests of the lab itself, with nothing of the panel's drivers in it. */
export function labClient({ connection }: Pick<RunningLab, 'connection'>) {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  const token = `PVEAPIToken=${connection.tokenId}=${connection.tokenSecret}`

  async function call(
    method: string,
    path: string,
    params?: Record<string, string>,
    headers: Record<string, string> = { Authorization: token },
  ): Promise<PveAnswer> {
    const inQuery = method === 'GET' || method === 'DELETE'
    const query = params && inQuery ? `?${new URLSearchParams(params)}` : ''
    const response = await fetch(`${connection.url}/api2/json${path}${query}`, {
      method,
      headers,
      dispatcher,
      ...(params && !inQuery ? { body: new URLSearchParams(params) } : {}),
    })
    return toAnswer(response)
  }

  const toAnswer = async (response: Awaited<ReturnType<typeof fetch>>): Promise<PveAnswer> => {
    const text = await response.text()
    const data = text.startsWith('{') ? (JSON.parse(text) as { data: unknown }).data : null
    return { status: response.status, reason: response.statusText, text, data }
  }

  /** Waits for a task by asking, as every client of PVE does. */
  async function task(answer: PveAnswer): Promise<{ exit: string; log: string[] }> {
    const upid = encodeURIComponent(String(answer.data))
    for (;;) {
      const { data } = await call('GET', `/nodes/pve1/tasks/${upid}/status`)
      const { exitstatus } = data as { exitstatus?: string }
      if (exitstatus !== undefined) {
        const lines = await call('GET', `/nodes/pve1/tasks/${upid}/log`)
        return { exit: exitstatus, log: (lines.data as { t: string }[]).map(({ t }) => t) }
      }
      await pause(20)
    }
  }

  async function upload(name: string, bytes: Uint8Array): Promise<PveAnswer> {
    const form = new FormData()
    form.set('content', 'iso')
    form.set('filename', new Blob([bytes as Uint8Array<ArrayBuffer>]), name)
    return toAnswer(
      await fetch(`${connection.url}/api2/json/nodes/pve1/storage/local/upload`, {
        method: 'POST',
        headers: { Authorization: token },
        body: form,
        dispatcher,
      }),
    )
  }

  /** GET in the form of PVE's own pages. */
  async function extjs(path: string): Promise<unknown> {
    const headers = { Authorization: token }
    return (await fetch(`${connection.url}/api2/extjs${path}`, { headers, dispatcher })).json()
  }

  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${connection.url}/lab/${path}`, {
      method,
      dispatcher,
      ...(method === 'GET' ? {} : { headers: { 'Content-Type': 'application/json' } }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return response.json()
  }

  return { call, task, upload, extjs, control, token, close: () => dispatcher.close() }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Asks until it holds; the lab's own time limits end a wait that never would. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20)
}

export type Ssh = {
  exec(command: string, stdin?: string): Promise<{ code: number; out: string; err: string }>
  client: ssh2.Client
  end(): void
}

/** Signs in to a guest through the lab's gateway. `hostKey` gets the key that the guest showed. */
export async function sshTo(
  connection: LabConnection,
  address: string,
  {
    user,
    privateKey,
    onHostKey,
  }: { user: string; privateKey: string; onHostKey?(key: Buffer): void },
): Promise<Ssh> {
  const { socket } = await SocksClient.createConnection({
    proxy: { ...connection.socks, type: 5 },
    command: 'connect',
    destination: { host: address, port: 22 },
  })
  const client = new ssh2.Client()
  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve).on('error', reject)
    client.connect({
      sock: socket,
      username: user,
      privateKey,
      hostVerifier: (key: Buffer) => {
        onHostKey?.(key)
        return true
      },
    })
  })
  client.removeAllListeners('error')
  client.on('error', () => client.end())
  return {
    client,
    end: () => client.end(),
    exec: (command, stdin) =>
      new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => {
          if (error) return reject(error)
          let out = ''
          let err = ''
          channel.on('data', (data: Buffer) => {
            out += data.toString('utf8')
          })
          channel.stderr.on('data', (data: Buffer) => {
            err += data.toString('utf8')
          })
          channel.on('close', (code: number | null) => resolve({ code: code ?? -1, out, err }))
          channel.end(stdin ?? '')
        })
      }),
  }
}

/** What a lab wrote for the panel. */
export const readConnection = (dataDir: string): LabConnection =>
  JSON.parse(readFileSync(join(dataDir, 'lab', 'connection.json'), 'utf8')) as LabConnection

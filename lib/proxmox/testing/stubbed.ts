import { afterEach } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { connectProxmox } from '../client'
import { ProxmoxError } from '../errors'
import type { Proxmox, ProxmoxSettings } from '../proxmox'
import { type PveStub, type StubAnswer, type StubRequest, startPveStub } from './pve-stub'

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo()
})

/** Undone after the test. */
export const after = (undo: () => unknown): void => void cleanup.push(undo)

export const token: ProxmoxSettings['auth'] = {
  kind: 'token',
  id: 'drawbridge@pve!panel',
  secret: new Secret('5ecret'),
}

/** A client before a server that answers what the test says. Both end with the test. */
export async function against(
  answer: (request: StubRequest) => StubAnswer | null,
  settings: Partial<ProxmoxSettings> = {},
): Promise<{ stub: PveStub; proxmox: Proxmox }> {
  const stub = await startPveStub(answer)
  const { url, fingerprint } = stub
  const proxmox = connectProxmox({ url, auth: token, fingerprint, ...settings })
  after(() => stub.close())
  after(() => proxmox.close())
  return { stub, proxmox }
}

/** Answers of a table: `GET /pools` to what stands in `data`; everything else is a 501. */
export const answering =
  (table: Record<string, unknown>) =>
  ({ method, path }: Pick<StubRequest, 'method' | 'path'>): StubAnswer => {
    const key = `${method} ${decodeURIComponent(path)}`
    return key in table
      ? { body: { data: table[key] } }
      : { status: 501, reason: `Method '${key}' not implemented` }
  }

/** What it throws, which must be of the driver. */
export async function errorOf(promise: Promise<unknown>): Promise<ProxmoxError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProxmoxError)) throw new Error(`not a ProxmoxError: ${String(error)}`)
  return error
}

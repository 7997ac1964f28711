import type { ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { Answer } from '@/lib/lab/api/answer'
import type { LabRequest } from '@/lib/lab/api/request'
import { type Cut, interceptCall } from '@/lib/lab/call-faults'
import { faultsOf } from '@/lib/lab/faults'
import type { LabState } from '@/lib/lab/state'
import type { Engine } from './engine'

export type BrokenAnswer = Answer & { cut?: Cut }

/** Carries a call out as the faults of the wire let it. */
export async function askThroughFaults(engine: Engine, request: LabRequest): Promise<BrokenAnswer> {
  const { instead, cut, done, delayMs } = engine.change(({ state }) =>
    interceptCall(state, request),
  )
  if (cut !== null && !done)
    return { status: 200, reason: 'OK', body: '{"data":null}', delayMs, cut }
  const answer = instead ?? (await engine.request(request))
  const late = { ...answer, delayMs: answer.delayMs + delayMs }
  return cut === null ? late : { ...late, cut }
}

/** Connections as TCP has them, by their ports. */
const RAW = new Map<string, Socket>()
const ends = ({ localPort, remotePort }: Socket): string => `${localPort} ${remotePort}`

/** Ends an answer as `cut` says: half of it and a reset, or nothing for as long as the other side waits. */
export function breakOff(response: ServerResponse, cut: Cut): void {
  if (cut === 'hang') return
  response.writeHead(200, { 'Content-Length': '100', 'Content-Type': 'application/json' })
  response.write('{"data":', () => {
    // Only the connection below TLS can be reset; the one above would say goodbye first.
    const below = response.socket ? RAW.get(ends(response.socket)) : undefined
    if (below) below.resetAndDestroy()
    else response.destroy()
  })
}

/** Whether packets to a host's port are dropped: no power, or a firewall that lets nobody in. */
export const isSilent = (state: LabState, node: string): boolean =>
  faultsOf(state, 'locked-out').length > 0 ||
  faultsOf(state, 'power-cut').some((fault) => fault.node === undefined || fault.node === node)

/**
 * Drops what comes to a port while its host is silent: a connection that begins then is never
 * answered, and one that is open is not either. Those held end when the host speaks again, as after
 * the other side's next packet.
 */
export function dropWhileSilent(server: Server, engine: Engine, node: () => string): void {
  const [shake] = server.listeners('connection') as ((socket: Socket) => void)[]
  const held = new Set<Socket>()
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const key = ends(socket)
    RAW.set(key, socket)
    socket.on('close', () => RAW.delete(key))
    if (!isSilent(engine.state, node())) return shake?.call(server, socket)
    held.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => held.delete(socket))
  })
  engine.onChange(() => {
    if (held.size > 0 && !isSilent(engine.state, node()))
      for (const socket of held) socket.destroy()
  })
  server.on('close', () => {
    for (const socket of held) socket.destroy()
  })
}

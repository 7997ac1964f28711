import type { Socket } from 'socket.io'
import type { ConsoleSink, Consoles } from '@/lib/auth/consoles'
import type { PanelSession } from '@/lib/auth/session'
import { PanelError } from '@/lib/base/errors'
import type { ClientMessages, ServerMessages } from './contract'

type Held = { session: PanelSession }
type LiveSocket = Socket<ClientMessages, ServerMessages, object, Held>

/** The most that is typed or pasted in one message, in bytes. */
const MOST_INPUT = 16 * 1024

/**
 * A socket's consoles. `letIn` judges by the event's row and throws; `failed` words what else went
 * wrong. What a browser sends in another form is dropped.
 */
export function serveConsoles(
  socket: LiveSocket,
  consoles: Consoles,
  {
    letIn,
    failed,
  }: {
    letIn(event: 'console-attach', topologyId: string): Promise<void>
    failed(event: 'console-attach', tried: string, error: unknown): Promise<string>
  },
): void {
  const sink: ConsoleSink = {
    output: (id, data) => void socket.emit('console-output', { id, data }),
    ended: (id, why) => void socket.emit('console-ended', { id, why }),
  }
  socket.on('console-attach', async (request, answer) => {
    if (!isAttach(request) || typeof answer !== 'function') return
    try {
      await letIn('console-attach', request.topologyId)
      const { password } = await consoles.attach(request, socket.data.session.id, sink)
      answer({ ok: true, password })
      // It went while the console opened: nobody is there to close it.
      if (!socket.connected) consoles.left(sink)
    } catch (error) {
      const told = await failed('console-attach', request.topologyId, error)
      answer({ ok: false, message: error instanceof PanelError ? error.message : told })
    }
  })
  socket.on('console-input', (request) => {
    if (!isNamed(request)) return
    const { id, data } = request
    if (data instanceof Uint8Array && data.byteLength <= MOST_INPUT) consoles.input(id, data, sink)
  })
  socket.on('console-ack', (request) => {
    if (isNamed(request) && isCount(request.bytes)) consoles.ack(request.id, request.bytes, sink)
  })
  socket.on('console-resize', (request) => {
    if (!isNamed(request) || !isSize(request)) return
    const { columns, rows } = request
    consoles.resize(request.id, { columns, rows }, sink)
  })
  socket.on('console-close', (request) => {
    if (isNamed(request)) consoles.close(request.id, sink)
  })
  socket.on('disconnect', () => consoles.left(sink))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isId = (value: unknown) => typeof value === 'string' && value.length <= 80
const isNamed = (request: unknown): boolean => isRecord(request) && isId(request.id)
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) > 0
const isSize = ({ columns, rows }: { columns: unknown; rows: unknown }): boolean =>
  [columns, rows].every((each) => isCount(each) && Number(each) <= 1000)

const isAttach = (request: unknown): boolean =>
  isRecord(request) &&
  isId(request.id) &&
  typeof request.topologyId === 'string' &&
  request.topologyId.length <= 200 &&
  isSize(request as { columns: unknown; rows: unknown })

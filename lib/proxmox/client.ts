import { z } from 'zod'
import * as answers from './answers'
import { ProxmoxError } from './errors'
import { guestCalls } from './guest-calls'
import { machineCalls } from './machine-calls'
import { nodeCalls } from './node-calls'
import type { Proxmox, ProxmoxSettings } from './proxmox'
import { taskCalls } from './tasks'
import { type Call, openTransport } from './transport'

/** A call whose answer has this shape. */
export type Ask = <S extends z.ZodType>(schema: S, call: Call) => Promise<z.output<S>>

/**
 * A client for one Proxmox. Opens no connection before the first call; `close` gives back the
 * sockets. See {@link Proxmox} for what its methods promise.
 */
export function connectProxmox(settings: ProxmoxSettings): Proxmox {
  const transport = openTransport(settings)
  const ask: Ask = async (schema, call) => parsed(schema, call, await transport.send(call))
  return {
    ...nodeCalls(ask),
    ...guestCalls(ask),
    ...machineCalls(ask),
    ...taskCalls(ask),
    close: () => transport.close(),
    async version() {
      const { version, release } = await ask(answers.Version, {
        method: 'GET',
        path: '/version',
        what: "Read Proxmox's version",
      })
      return { version, release, major: Number.parseInt(version, 10) }
    },
    async permissions() {
      const paths = await ask(answers.Permissions, {
        method: 'GET',
        path: '/access/permissions',
        what: "Read the token's privileges",
      })
      return Object.fromEntries(
        Object.entries(paths).map(([path, granted]) => [path, Object.keys(granted).toSorted()]),
      )
    },
  }
}

function parsed<S extends z.ZodType>(schema: S, call: Call, data: unknown): z.output<S> {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  throw new ProxmoxError(
    'proxmox.unexpected-answer',
    `${call.what}: Proxmox answered in a form this panel does not know (${firstLine(result.error)}) - its version may be too new or too old.`,
    { cause: result.error },
  )
}

const firstLine = (error: z.ZodError) => z.prettifyError(error).split('\n')[0] ?? ''

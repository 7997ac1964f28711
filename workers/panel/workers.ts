import { existsSync } from 'node:fs'
import type { Panel } from '@/lib/auth/panel'
import type { Ask } from '@/lib/live/questions'
import type { ToConsole, ToPanel, ToProvisioner } from '../ipc'
import { startAsking } from './ask'
import type { ConsoleRelay } from './console-relay'
import { connectLab, isLabUsed } from './lab-connection'
import { programOf } from './place'
import { type Supervised, supervise } from './supervise'

/** Everything ends within ten seconds of a signal: a worker that hangs is killed after this. */
const KILL_AFTER_MS = 5000

export type Workers = {
  /** Tells the provisioner that something was queued or asked. */
  wake(): void
  /** Asks the provisioner what only it can read. */
  ask: Ask
  /** Tells the provisioner's consoles something; nothing where it is away, for they are, too. */
  toConsole(message: ToConsole): void
  /** Ends them; resolves when their processes are gone. */
  stop(): Promise<void>
}

/** Starts the provisioner, and the lab where it may run and anything uses it; keeps them running. */
export async function startWorkers(
  panel: Omit<Panel, 'wake' | 'ask' | 'upkeep' | 'consoles'>,
  relay: Pick<ConsoleRelay, 'take' | 'lost'>,
  labAllowed: boolean,
): Promise<Workers> {
  const { live, log } = panel
  const children: Supervised[] = []
  const asking = startAsking((message) => provisioner?.send(message) ?? false)
  const start = (name: string, onReady: () => void): Supervised | null => {
    const file = programOf(name)
    if (!existsSync(file)) return null
    const onMessage = (message: ToPanel) => {
      if (message.type === 'ready') onReady()
      if (message.type === 'failed') log(`${name}: ${message.message}`)
      if (message.type === 'tell') live.tell(message.event, message.message as never)
      asking.take(message)
      relay.take(message)
    }
    const lost = () => {
      asking.lost()
      relay.lost()
    }
    const onEnd = name === 'provisioner' ? lost : () => {}
    const child = supervise({ name, file, env: process.env, onMessage, onEnd, log })
    children.push(child)
    return child
  }

  const provisioner: Supervised | null = start('provisioner', () => {})
  const wake = () => provisioner?.send({ type: 'wake' } satisfies ToProvisioner)
  if (labAllowed && (await isLabUsed(panel))) {
    start('lab', () => {
      connectLab(panel).then(wake, (error) =>
        log(`the lab could not be connected: ${String(error)}`),
      )
    })
  }
  return {
    wake,
    ask: asking.ask,
    toConsole: (message) => void provisioner?.send(message),
    stop: async () => {
      await Promise.all(children.map((child) => child.stop(KILL_AFTER_MS)))
    },
  }
}

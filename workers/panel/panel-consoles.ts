import type { Panel } from '@/lib/auth/panel'
import { noteConsole } from '@/lib/db/console-notes'
import type { Live } from '@/lib/live/live'
import { ConsoleRelay } from './console-relay'
import type { Workers } from './workers'

/**
 * The consoles of this panel. `rest`: what starts after them, looked at when the first one is opened,
 * for which a page has to be there.
 */
export function panelConsoles(
  { db, now, log }: Pick<Panel, 'db' | 'now' | 'log'>,
  rest: () => { live: Live; workers: Workers },
): ConsoleRelay {
  return new ConsoleRelay({
    ask: (kind, question) => rest().workers.ask(kind, question),
    send: (message) => rest().workers.toConsole(message),
    note: (note, actor) => noteConsole(db, note, actor, now()),
    changed: (topologyId) => rest().live.tell('consoles-changed', { topologyId }),
    ...{ now, log },
  })
}

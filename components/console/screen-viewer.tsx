'use client'

import RFB from '@novnc/novnc'
import { useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConsoleConnection } from '@/lib/live/console-connection'
import { liveSocket } from '@/lib/live/socket'
import type { OpenConsoleView } from './console-view'
import { rfbChannel } from './rfb-channel'

/** A VM's screen. Shift+Esc gives the keyboard back to the page. */
export default function ScreenViewer({ topologyId, id, onEnd, onLeave }: OpenConsoleView) {
  const place = useRef<HTMLDivElement>(null)
  const [viewer, setViewer] = useState<RFB | null>(null)
  const [name, setName] = useState('')
  const latest = useRef({ onEnd, onLeave })
  useEffect(() => {
    latest.current = { onEnd, onLeave }
  })
  useEffect(() => {
    const element = place.current
    if (!element) return
    const channel = rfbChannel((data) => connection.write(data))
    const connection: ConsoleConnection = new ConsoleConnection(
      liveSocket(),
      { topologyId, id },
      {
        output(data, shown) {
          channel.take(data)
          shown()
        },
        ended: (why) => latest.current.onEnd(why),
      },
    )
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !event.shiftKey) return
      event.preventDefault()
      event.stopPropagation()
      latest.current.onLeave()
    }
    element.addEventListener('keydown', onKey, { capture: true })
    let rfb: RFB | null = null
    let gone = false
    void connection.attach({ columns: 80, rows: 24 }).then((attached) => {
      if (!attached || gone) return
      const { password } = attached
      rfb = new RFB(element, channel.channel, {
        shared: true,
        ...(password === null ? {} : { credentials: { password } }),
      })
      rfb.scaleViewport = true
      rfb.background = 'transparent'
      rfb.addEventListener('desktopname', (event) => setName(nameIn(event)))
      rfb.addEventListener('connect', () => rfb?.focus())
      // Closing it by hand ends it as well, and needs no reason.
      const end = (why: string) => {
        if (!gone) latest.current.onEnd(why)
      }
      rfb.addEventListener('disconnect', () =>
        end('The screen said something that this viewer does not know, or it ended.'),
      )
      rfb.addEventListener('securityfailure', () =>
        end('The screen did not take its password - open it again.'),
      )
      channel.open()
      setViewer(rfb)
    })
    return () => {
      gone = true
      element.removeEventListener('keydown', onKey, { capture: true })
      connection.close()
      rfb?.disconnect()
    }
  }, [topologyId, id])
  return (
    <div className="flex flex-col">
      <div ref={place} className="h-100 overflow-hidden bg-[#0e1116]" />
      <div className="flex items-center gap-3 border-line border-t bg-surface-1 p-2">
        <Button
          size="sm"
          disabledReason={viewer ? null : 'The screen is not here yet.'}
          onClick={() => viewer?.sendCtrlAltDel()}
        >
          Send Ctrl+Alt+Del
        </Button>
        <span className="text-caption text-ink-2">{name}</span>
      </div>
    </div>
  )
}

/** What the screen calls itself. */
const nameIn = (event: Event): string =>
  event instanceof CustomEvent && typeof event.detail?.name === 'string' ? event.detail.name : ''

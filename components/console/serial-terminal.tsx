'use client'

import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import { useEffect, useRef } from 'react'
import { ConsoleConnection } from '@/lib/live/console-connection'
import { liveSocket } from '@/lib/live/socket'
import type { OpenConsoleView } from './console-view'
import { withStyleNonce } from './with-style-nonce'

const SCROLLBACK = 5000

/** A VM's serial port as a terminal. Shift+Esc gives the keyboard back to the page. */
export default function SerialTerminal({ topologyId, id, onEnd, onLeave }: OpenConsoleView) {
  const place = useRef<HTMLDivElement>(null)
  const latest = useRef({ onEnd, onLeave })
  useEffect(() => {
    latest.current = { onEnd, onLeave }
  })
  useEffect(() => {
    const element = place.current
    if (!element) return
    const terminal = new Terminal({
      ...{ scrollback: SCROLLBACK, cursorBlink: false, screenReaderMode: true, fontSize: 13 },
      ...{ fontFamily: tokenOf('--font-mono') || 'monospace', theme: THEME },
    })
    const fit = new FitAddon()
    terminal.loadAddon(fit)
    withStyleNonce(() => terminal.open(element))
    fit.fit()
    const connection = new ConsoleConnection(
      liveSocket(),
      { topologyId, id },
      {
        output: (data, shown) => terminal.write(data, shown),
        ended: (why) => latest.current.onEnd(why),
      },
    )
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.key !== 'Escape' || !event.shiftKey) return true
      if (event.type === 'keydown') latest.current.onLeave()
      return false
    })
    const encoder = new TextEncoder()
    terminal.onData((text) => connection.write(encoder.encode(text)))
    terminal.onBinary((text) =>
      connection.write(Uint8Array.from(text, (letter) => letter.charCodeAt(0))),
    )
    terminal.onResize(({ cols, rows }) => connection.resize(cols, rows))
    const watching = new ResizeObserver(() => fit.fit())
    watching.observe(element)
    void connection.attach({ columns: terminal.cols, rows: terminal.rows }).then((attached) => {
      if (attached) terminal.focus()
    })
    return () => {
      watching.disconnect()
      connection.close()
      terminal.dispose()
    }
  }, [topologyId, id])
  return <div ref={place} className="h-100 overflow-hidden p-2" />
}

const tokenOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** A console is dark in both themes, as guests expect it. */
const THEME = { background: '#0e1116', foreground: '#e6eaf0', cursor: '#e6eaf0' }

/** The part of noVNC 1.7 that the panel uses (node_modules/@novnc/novnc/docs/API.md). */
declare module '@novnc/novnc' {
  export default class RFB extends EventTarget {
    constructor(
      target: HTMLElement,
      /** A WebSocket, or what has its parts. */
      channel: unknown,
      options: { shared?: boolean; credentials?: { password?: string } },
    )
    scaleViewport: boolean
    background: string
    sendCtrlAltDel(): void
    focus(): void
    blur(): void
    disconnect(): void
  }
}

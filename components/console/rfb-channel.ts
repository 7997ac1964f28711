/** What noVNC talks through: as much of a WebSocket as it asks for. */
export type RfbChannel = {
  /** Given to the viewer, which puts its own handlers on it. */
  channel: object
  /** To be called when the viewer has it: hands over what came before. */
  open(): void
  /** What the screen says. */
  take(data: Uint8Array): void
}

/** A channel whose writing end is `send`; what comes before `open` waits. */
export function rfbChannel(send: (data: Uint8Array) => void): RfbChannel {
  const waiting: Uint8Array[] = []
  let ready = false
  const channel = {
    ...{
      binaryType: 'arraybuffer',
      protocol: 'binary',
      readyState: WebSocket.CONNECTING as number,
    },
    ...{ onopen: nothing, onclose: nothing, onerror: nothing, onmessage: nothingOf },
    send: (data: Uint8Array) => send(data),
    close() {
      channel.readyState = WebSocket.CLOSED
      channel.onclose()
    },
  }
  const hand = (data: Uint8Array) => channel.onmessage({ data: data.slice().buffer })
  return {
    channel,
    open() {
      ready = true
      channel.readyState = WebSocket.OPEN
      channel.onopen()
      for (const data of waiting.splice(0)) hand(data)
    },
    take(data) {
      if (ready) hand(data)
      else waiting.push(data)
    },
  }
}

const nothing = () => undefined
const nothingOf = (_message: { data: ArrayBufferLike }) => undefined

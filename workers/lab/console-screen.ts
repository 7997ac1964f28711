import type { WebSocket } from 'ws'

const WIDTH = 320
const HEIGHT = 200
const NAME = 'Drawbridge Lab (simulation)'

/**
 * A screen that says what it is: RFB 3.8 (RFC 6143) without a password, one plain picture. Real
 * guests have graphics; these have a serial console.
 */
export function serveScreen(client: WebSocket): void {
  let pending: Buffer = Buffer.alloc(0)
  let step: (bytes: Buffer) => number = version
  client.send(Buffer.from('RFB 003.008\n'))

  /** Each reads one message off the front and returns its length, 0 while it is not whole. */
  function version(bytes: Buffer): number {
    if (bytes.length < 12) return 0
    client.send(Buffer.from([1, 1]))
    step = security
    return 12
  }
  function security(bytes: Buffer): number {
    if (bytes.length < 1) return 0
    client.send(Buffer.alloc(4))
    step = init
    return 1
  }
  function init(bytes: Buffer): number {
    if (bytes.length < 1) return 0
    client.send(serverInit())
    step = messages
    return 1
  }
  function messages(bytes: Buffer): number {
    const size = sizeOf(bytes)
    if (size === 0 || bytes.length < size) return 0
    if (bytes[0] === 3 && bytes[1] === 0) client.send(picture())
    return size
  }

  client.on('message', (data: Buffer) => {
    pending = Buffer.concat([pending, data])
    for (let used = step(pending); used > 0; used = step(pending)) pending = pending.subarray(used)
  })
}

/** Bytes of a client's message by its type (RFC 6143, 7.5); 0: not known yet. */
function sizeOf(bytes: Buffer): number {
  const type = bytes[0]
  if (type === 0) return 20
  if (type === 2) return bytes.length < 4 ? 0 : 4 + 4 * bytes.readUInt16BE(2)
  if (type === 3) return 10
  if (type === 4) return 8
  if (type === 5) return 6
  if (type === 6) return bytes.length < 8 ? 0 : 8 + bytes.readUInt32BE(4)
  return bytes.length
}

function serverInit(): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt16BE(WIDTH, 0)
  head.writeUInt16BE(HEIGHT, 2)
  // 32 bits, 24 deep, little endian, true colour, 8 bits each at 16, 8 and 0.
  Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0]).copy(head, 4)
  head.writeUInt32BE(NAME.length, 20)
  return Buffer.concat([head, Buffer.from(NAME)])
}

/** The whole screen in one colour, raw. */
function picture(): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt16BE(1, 2)
  head.writeUInt16BE(WIDTH, 8)
  head.writeUInt16BE(HEIGHT, 10)
  return Buffer.concat([head, Buffer.alloc(WIDTH * HEIGHT * 4, Buffer.from([0x40, 0x30, 0x20, 0]))])
}

import { isIPv6 } from 'node:net'

/** RFC 5280 4.2.1.10: what a certificate authority may sign for. */
export const NAME_CONSTRAINTS = '2.5.29.30'

const SEQUENCE = 0x30
const PERMITTED = 0xa0
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87

/** The extension's value that permits these domains (with all below them) and CIDR ranges only. */
export function encodeConstraints(domains: readonly string[], ranges: readonly string[]): Buffer {
  const subtrees = [
    ...domains.map((domain) => node(DNS_NAME, Buffer.from(domain, 'ascii'))),
    ...ranges.map((range) => node(IP_ADDRESS, addressAndMask(range))),
  ].map((base) => node(SEQUENCE, base))
  return node(SEQUENCE, node(PERMITTED, Buffer.concat(subtrees)))
}

/** The domains that such a value permits. */
export function decodeDomains(value: Buffer): string[] {
  const [constraints] = nodesOf(value)
  const permitted = constraints && nodesOf(constraints.content).find(({ tag }) => tag === PERMITTED)
  if (!permitted) return []
  return nodesOf(permitted.content)
    .flatMap(({ content }) => nodesOf(content))
    .filter(({ tag }) => tag === DNS_NAME)
    .map(({ content }) => content.toString('ascii'))
}

/** One DER element; lengths up to 65,535. */
function node(tag: number, content: Buffer): Buffer {
  const { length } = content
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}

function nodesOf(value: Buffer): { tag: number; content: Buffer }[] {
  const found: { tag: number; content: Buffer }[] = []
  let at = 0
  while (at + 2 <= value.length) {
    const tag = value.readUInt8(at)
    const first = value.readUInt8(at + 1)
    const more = first < 0x80 ? 0 : first & 0x7f
    const length = more === 0 ? first : value.readUIntBE(at + 2, more)
    const start = at + 2 + more
    found.push({ tag, content: value.subarray(start, start + length) })
    at = start + length
  }
  return found
}

function addressAndMask(range: string): Buffer {
  const [address = '', bits = ''] = range.split('/')
  const bytes = isIPv6(address) ? ipv6Bytes(address) : address.split('.').map(Number)
  const mask = bytes.map((_, i) => {
    const ones = Math.min(8, Math.max(0, Number(bits) - 8 * i))
    return (0xff << (8 - ones)) & 0xff
  })
  return Buffer.from([...bytes, ...mask])
}

function ipv6Bytes(address: string): number[] {
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) => text.split(':').filter(Boolean)
  const before = groups(head)
  const after = groups(tail)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
}

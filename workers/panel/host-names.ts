import { isIP } from 'node:net'
import { isLoopback } from '@/lib/io/way-in'
import { hostOfUrl } from './tls-names'

/** The names that a browser may call the panel by. */
export type OwnNames = {
  /** Of the machine, without a domain. */
  hostname: string
  publicUrl: string | null
  /** That its certificate covers; a `*.` may lead one. */
  certified: readonly string[]
}

/** The host of a Host header without its port, lower-case; null where it is no host. */
export function parseHost(header: string | undefined): string | null {
  const [, host] = /^(\[[\da-f:.]+\]|[a-z\d_.-]{1,253})(?::\d{1,5})?$/i.exec(header ?? '') ?? []
  return host?.toLowerCase().replace(/^\[|\]$|\.$/g, '') ?? null
}

/**
 * Whether a request that names this host is meant for this panel. A page that has its own name
 * resolve to the panel's address (DNS rebinding) is of the panel's origin to a browser; its name
 * gives it away. An address cannot be rebound, so every address passes: behind a container's port
 * or a NAT the panel does not know the one that people type.
 */
export function isOwnName(host: string, { hostname, publicUrl, certified }: OwnNames): boolean {
  if (isIP(host) !== 0 || isLoopback(host)) return true
  const [short = ''] = hostname.toLowerCase().split('.')
  const own = [hostname.toLowerCase(), short, `${short}.local`, publicUrl && hostOfUrl(publicUrl)]
  return own.includes(host) || certified.some((name) => covers(name, host))
}

function covers(name: string, host: string): boolean {
  if (!name.startsWith('*.')) return name === host
  const dot = host.indexOf('.')
  return dot > 0 && host.slice(dot) === name.slice(1)
}

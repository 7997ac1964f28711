import os from 'node:os'
import type { Config } from '@/lib/io/env'
import type { Tls } from './tls'

/** Listening on these means every address of the machine. */
const ALL = new Set(['0.0.0.0', '::'])

/** The one URL to open: PUBLIC_URL, a name on the own certificate, or an address that reaches this port. */
export function originOf(config: Config, port: number, tls: Tls | null): string {
  if (config.publicUrl) return config.publicUrl
  const isOwn = tls && !tls.authority && !tls.temporary
  const named = isOwn ? tls.names().find((name) => !name.startsWith('*.')) : null
  const host = named ?? nameOf(config.host)
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What a browser types for a listening address. Passkeys want a name, and loopback has one. */
function nameOf(host: string): string {
  if (host === '127.0.0.1' || host === '::1') return 'localhost'
  return ALL.has(host) ? (lanAddress() ?? 'localhost') : host
}

function lanAddress(): string | undefined {
  return Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address
}

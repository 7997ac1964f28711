import os from 'node:os'
import type { Config } from '@/lib/io/env'

/** Listening on these means every address of the machine. */
const ALL = new Set(['0.0.0.0', '::'])

/** The one URL to open: PUBLIC_URL, or an address that reaches this port. */
export function originOf(config: Config, port: number): string {
  if (config.publicUrl) return config.publicUrl
  const host = ALL.has(config.host) ? (lanAddress() ?? '127.0.0.1') : config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function lanAddress(): string | undefined {
  return Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address
}

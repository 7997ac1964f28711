import { Secret } from '@/lib/base/secret'
import { connectProxmox } from '../client'
import type { Proxmox } from '../proxmox'

/**
 * A real Proxmox for the conformance suites, where the environment names one: `PROXMOX_URL`,
 * `PROXMOX_TOKEN` (`user@realm!name=secret`) and `PROXMOX_NODE`; `PROXMOX_FINGERPRINT` where its
 * certificate is its own; `PROXMOX_IMAGES` (local-lvm) and `PROXMOX_FILES` (local) name storages,
 * `PROXMOX_VMID` the first of twenty free VMIDs. Everything made is deleted again.
 */
export type RealHost = {
  proxmox: Proxmox
  node: string
  images: string
  files: string
  vmid: number
  /** A running VM with a guest agent, that calls may be made in: `PROXMOX_GUEST`. */
  guest: number | null
  /** `PROXMOX_SPARE=yes`: nobody needs the host, so its network, certificate and options may change. */
  spare: boolean
}

const { env } = process

/** Whether the environment names one. */
export const hasRealHost = env.PROXMOX_URL !== undefined && env.PROXMOX_URL !== ''

/** Connects to it. Throws where something beside the URL is missing. */
export function openRealHost(): RealHost {
  const need = (name: string): string => {
    const value = env[`PROXMOX_${name}`]
    if (!value) throw new Error(`PROXMOX_${name} is needed beside PROXMOX_URL`)
    return value
  }
  const [id = '', secret = ''] = need('TOKEN').split('=')
  return {
    proxmox: connectProxmox({
      url: need('URL'),
      fingerprint: env.PROXMOX_FINGERPRINT ?? null,
      auth: { kind: 'token', id, secret: new Secret(secret) },
    }),
    node: need('NODE'),
    images: env.PROXMOX_IMAGES ?? 'local-lvm',
    files: env.PROXMOX_FILES ?? 'local',
    vmid: Number(env.PROXMOX_VMID ?? 8801),
    guest: env.PROXMOX_GUEST ? Number(env.PROXMOX_GUEST) : null,
    spare: env.PROXMOX_SPARE === 'yes',
  }
}

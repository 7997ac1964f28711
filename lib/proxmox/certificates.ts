import { z } from 'zod'
import type { Secret } from '@/lib/base/secret'
import { nullable, num, text } from './answer-values'
import { type Ask, path, verbsOf } from './ask'

/** A certificate of a node. */
export type NodeCertificate = {
  /** `pve-ssl.pem` is made by the cluster, `pveproxy-ssl.pem` was uploaded. */
  file: string
  /** SHA-256, `AA:BB:...`. */
  fingerprint: string
  subject: string
  issuer: string
  names: string[]
  /** Milliseconds since 1970; null where PVE does not say. */
  validFrom: number | null
  validTo: number | null
  pem: string | null
}

/** What a node's API shows, as its own files say it. */
export type Certificates = {
  list(node: string): Promise<NodeCertificate[]>
  /**
   * Shown from then on, once pveproxy restarted: every pin on the old one is then wrong. `force`
   * replaces one that was uploaded before.
   */
  upload(
    node: string,
    certificate: { chainPem: string; key: Secret; force?: boolean },
  ): Promise<NodeCertificate>
  /** Back to the cluster's own. */
  removeUploaded(node: string): Promise<void>
}

const Certificate = z.object({
  filename: z.string().default(''),
  fingerprint: z.string().default(''),
  subject: z.string().default(''),
  issuer: z.string().default(''),
  san: z.array(text).default([]),
  notbefore: nullable(num),
  notafter: nullable(num),
  pem: nullable(z.string()),
})

/** See {@link Certificates}. PVE 8 and 9 source, PVE/API2/Certificates.pm. */
export function certificateCalls(ask: Ask): Certificates {
  const { read, change } = verbsOf(ask)
  const custom = (node: string) => path`/nodes/${node}/certificates/custom`
  return {
    async list(node) {
      const what = `List the certificates of ${node}`
      const found = await read(z.array(Certificate), what, path`/nodes/${node}/certificates/info`)
      return found.map(toCertificate)
    },
    upload: async (node, { chainPem, key, force }) =>
      toCertificate(
        await ask(Certificate, {
          method: 'POST',
          path: custom(node),
          what: `Upload a certificate to ${node}`,
          body: { certificates: chainPem, key: key.reveal(), force, restart: true },
        }),
      ),
    removeUploaded: (node) =>
      change(`Remove the uploaded certificate of ${node}`, ['DELETE', custom(node)], {
        restart: true,
      }),
  }
}

const toCertificate = (found: z.output<typeof Certificate>): NodeCertificate => ({
  file: found.filename,
  fingerprint: found.fingerprint,
  subject: found.subject,
  issuer: found.issuer,
  names: found.san,
  validFrom: found.notbefore === null ? null : found.notbefore * 1000,
  validTo: found.notafter === null ? null : found.notafter * 1000,
  pem: found.pem,
})

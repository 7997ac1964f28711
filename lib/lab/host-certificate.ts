import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { LabHost } from './state'

/** SHA-256 of a host's certificate as PVE writes it. A host that serves none of its own has a made-up one. */
export function hostFingerprint(host: LabHost): string {
  if (host.certificate) return host.certificate.fingerprint
  const hex = bytesToHex(sha256(utf8ToBytes(`certificate of ${host.node} ${host.address}`)))
  return (hex.toUpperCase().match(/../g) ?? []).join(':')
}

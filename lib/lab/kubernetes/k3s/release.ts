import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

const DOWNLOAD =
  /^https:\/\/github\.com\/k3s-io\/k3s\/releases\/download\/(v1\.\d+\.\d+(?:%2B|\+)k3s\d)\/([\w.-]+)$/
/** Minors and patches that the simulated GitHub has; others are 404 as there. */
const MINORS = { first: 24, last: 37 }
const LAST_PATCH = 20

/** Programs of a release by the processor that they are for, as `uname -m` says it. */
const PROGRAMS = { k3s: 'x86_64', 'k3s-arm64': 'aarch64', 'k3s-armhf': 'armv7l' } as const
const SUMS: Record<string, keyof typeof PROGRAMS> = {
  'sha256sum-amd64.txt': 'k3s',
  'sha256sum-arm64.txt': 'k3s-arm64',
  'sha256sum-arm.txt': 'k3s-armhf',
}

/** Whether a URL is one of k3s' release files. */
export const isK3sDownload = (url: string): boolean =>
  url.startsWith('https://github.com/k3s-io/k3s/releases/')

/** A file of a release; null if there is no such release or file. */
export function releaseFile(url: string): string | null {
  const [, tag, name = ''] = DOWNLOAD.exec(url) ?? []
  const release = tag?.replace('%2B', '+')
  const [, minor, patch] = /^v1\.(\d+)\.(\d+)/.exec(release ?? '') ?? []
  if (release === undefined || Number(patch) > LAST_PATCH) return null
  if (Number(minor) < MINORS.first || Number(minor) > MINORS.last) return null
  if (name in PROGRAMS) return programText(release, PROGRAMS[name as keyof typeof PROGRAMS])
  const program = SUMS[name]
  if (program === undefined) return null
  const sum = bytesToHex(sha256(utf8ToBytes(programText(release, PROGRAMS[program]))))
  return `${'0'.repeat(64)}  ${program}-airgap-images.tar.zst\n${sum}  ${program}\n`
}

/** What stands in the lab for a program of 70 MB. */
const programText = (release: string, processor: string) =>
  `simulated k3s ${release} for ${processor}\n`

/** The release of an installed program by its content; null if it is no k3s for this processor. */
export const releaseOf = (program: string, processor: string): string | null => {
  const [, release, built] = /^simulated k3s (\S+) for (\S+)$/m.exec(program) ?? []
  return release !== undefined && built === processor ? release : null
}

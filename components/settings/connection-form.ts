import type { ConnectionRequest, ConnectionSummary, OtherNode } from '@/lib/api/contract'

type Dialer = ConnectionSummary['dialer']

/** What the form holds while a person types; all text. */
export type ConnectionDraft = {
  name: string
  url: string
  /** One address a line. */
  others: string
  tokenId: string
  tokenSecret: string
  helmPath: string
  caPem: string
  dialer: Dialer['kind']
  dialerHost: string
  dialerPort: string
  dialerUser: string
}

export const EMPTY_DRAFT: ConnectionDraft = {
  name: '',
  url: '',
  others: '',
  tokenId: 'drawbridge@pve!panel',
  tokenSecret: '',
  helmPath: 'helm',
  caPem: '',
  dialer: 'direct',
  dialerHost: '',
  dialerPort: '',
  dialerUser: '',
}

/** The form of a connection that exists. The token's secret is never answered, so it stays empty. */
export function toDraft(connection: ConnectionSummary): ConnectionDraft {
  const { dialer } = connection
  return {
    ...EMPTY_DRAFT,
    name: connection.name,
    url: connection.url,
    others: connection.others.map(({ url }) => url).join('\n'),
    tokenId: connection.tokenId,
    helmPath: connection.helmPath,
    caPem: connection.caPem ?? '',
    dialer: dialer.kind,
    dialerHost: dialer.kind === 'direct' ? '' : dialer.host,
    dialerPort: dialer.kind === 'direct' ? '' : String(dialer.port),
    dialerUser: dialer.kind === 'ssh-jump' ? dialer.user : '',
  }
}

/** A URL as a person types it: `pve1.lan` means https on Proxmox's port. */
export function fullUrl(text: string): string {
  const trimmed = text.trim().replace(/\/+$/, '')
  if (trimmed === '') return ''
  const url = /^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`
  return /:\d+$/.test(url.replace(/^https?:\/\//i, '')) ? url : `${url}:8006`
}

export type Faults = Partial<Record<keyof ConnectionDraft, string>>

/** What is wrong with a draft, by field. `was`: the connection that it changes. The server judges again. */
export function faultsOf(
  draft: ConnectionDraft,
  was: Pick<ConnectionSummary, 'url' | 'fingerprint' | 'caPem' | 'others'> | null,
): Faults {
  const faults: Faults = {}
  if (draft.name.trim() === '') faults.name = 'Give it a name, such as the host.'
  if (!/^https:\/\/[^/\s]+$/i.test(fullUrl(draft.url)))
    faults.url = 'Write the address of its web UI, such as https://pve1.lan:8006.'
  const others = listOthers(draft)
  if (others.some((url) => !/^https:\/\/[^/\s]+$/i.test(url)))
    faults.others = 'Write one address a line, such as https://pve2.lan:8006.'
  else if (new Set([...others, fullUrl(draft.url)]).size <= others.length)
    faults.others = 'Each node stands here once, and the first one not again.'
  if (!/^[^@\s!]+@[^@\s!]+![^@\s!]+$/.test(draft.tokenId))
    faults.tokenId = 'Write the token id as Proxmox shows it: user@realm!name.'
  if (draft.tokenSecret.trim() === '') {
    if (!was) faults.tokenSecret = 'Paste the secret that the last command printed.'
    else if (was.fingerprint === null && fullUrl(draft.url) !== was.url)
      faults.tokenSecret = 'The address is another: paste the secret for it.'
    else if (addsTrusted(others, was))
      faults.tokenSecret = 'An address came: paste the secret for it.'
  }
  if (draft.caPem.trim() !== '' && !/^-----BEGIN CERTIFICATE-----/.test(draft.caPem.trim()))
    faults.caPem = 'Paste it whole, from BEGIN CERTIFICATE to END CERTIFICATE.'
  if (draft.dialer !== 'direct') {
    if (draft.dialerHost.trim() === '') faults.dialerHost = 'Name the machine in between.'
    const port = Number(draft.dialerPort)
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      faults.dialerPort = 'A port is a number from 1 to 65535.'
  }
  if (draft.dialer === 'ssh-jump' && draft.dialerUser.trim() === '')
    faults.dialerUser = 'Name the login on the machine in between.'
  return faults
}

/** Addresses of the other nodes, as they are sent. */
const listOthers = ({ others }: Pick<ConnectionDraft, 'others'>): string[] =>
  others
    .split(/[\s,]+/)
    .filter((line) => line !== '')
    .map(fullUrl)

/** Nobody would compare its certificate: this machine's own authorities decide. The server says so too. */
const addsTrusted = (
  others: readonly string[],
  was: Pick<ConnectionSummary, 'fingerprint' | 'caPem' | 'others'>,
): boolean =>
  was.fingerprint === null &&
  was.caPem === null &&
  others.some((url) => !was.others.some((held) => held.url === url))

/** With what was accepted of those that stay. */
const keepPins = (urls: readonly string[], held: readonly OtherNode[]): OtherNode[] =>
  urls.map((url) => held.find((other) => other.url === url) ?? { url, fingerprint: null })

/** What is sent for a draft without faults; what was left empty stays as it is. */
export function toRequest(draft: ConnectionDraft): ConnectionRequest {
  return {
    name: draft.name.trim(),
    url: fullUrl(draft.url),
    tokenId: draft.tokenId.trim(),
    helmPath: draft.helmPath.trim() || 'helm',
    ...(draft.others.trim() === '' ? {} : { others: keepPins(listOthers(draft), []) }),
    dialer: toDialer(draft),
    ...(draft.caPem.trim() === '' ? {} : { caPem: draft.caPem.trim() }),
    ...(draft.tokenSecret.trim() === '' ? {} : { tokenSecret: draft.tokenSecret.trim() }),
  }
}

function toDialer(draft: ConnectionDraft): Dialer {
  const host = draft.dialerHost.trim()
  const port = Number(draft.dialerPort)
  if (draft.dialer === 'socks5') return { kind: 'socks5', host, port }
  if (draft.dialer === 'ssh-jump')
    return { kind: 'ssh-jump', host, port, user: draft.dialerUser.trim() }
  return { kind: 'direct' }
}

/** Only what differs from the connection as it is, so that an edit of its name forgets no test. */
export function toPatch(
  draft: ConnectionDraft,
  connection: ConnectionSummary,
): Partial<ConnectionRequest> {
  const request = toRequest(draft)
  const patch: Partial<ConnectionRequest> = {}
  if (request.name !== connection.name) patch.name = request.name
  if (request.url !== connection.url) patch.url = request.url
  const others = keepPins(listOthers(draft), connection.others)
  if (JSON.stringify(others) !== JSON.stringify(connection.others)) patch.others = others
  if (request.tokenId !== connection.tokenId) patch.tokenId = request.tokenId
  if (request.tokenSecret !== undefined) patch.tokenSecret = request.tokenSecret
  const caPem = draft.caPem.trim() === '' ? null : draft.caPem.trim()
  if (caPem !== (connection.caPem?.trim() ?? null)) patch.caPem = caPem
  if (request.helmPath !== connection.helmPath) patch.helmPath = request.helmPath
  if (JSON.stringify(request.dialer) !== JSON.stringify(connection.dialer))
    patch.dialer = request.dialer
  return patch
}

import { lookup as dnsLookup } from 'node:dns/promises'
import { isIP, type LookupFunction, connect as netConnect, type Socket } from 'node:net'
import { Agent, buildConnector, type Dispatcher, fetch as undiciFetch } from 'undici'
import { PanelError } from '@/lib/base/errors'
import { kindOfAddress, sameAddress } from './address-kind'

/** One place that may be connected to. */
export type Allowed = {
  /** A name, `*.` and a name for everything below it, or an address. Case does not count. */
  host: string
  /** Null: every port. */
  port: number | null
  /**
   * Whether the name may stand for an address of a private network or of this machine. An admin who
   * types a host means it; a public chart repository that suddenly resolves to 10.0.0.1 does not.
   */
  reach: 'public' | 'private'
  /** Who allowed it, for messages: "connection Rack", "an admin", "the add-ons". */
  by: string
}

/** An address that was checked and is connected to as it is, so that no second look-up can differ. */
export type Checked = { address: string; family: 4 | 6 }

/** See {@link makeEgress}. */
export type Egress = {
  /** The platform's `fetch`; redirects are followed by the same rules. Throws {@link EgressError} too. */
  fetch: typeof undiciFetch
  /** For undici's `request` and for libraries that take a dispatcher. */
  dispatcher: Dispatcher
  /**
   * Throws {@link EgressError} unless host and port are allowed by name. Looks nothing up: for what
   * another machine fetches (a Proxmox that downloads an image).
   */
  check(host: string, port: number): Promise<void>
  /** As `check`, and looks the name up once; throws unless every address of it may be connected to. */
  resolve(host: string, port: number): Promise<Checked[]>
  /** A TCP connection to a checked address. Rejects with {@link EgressError} or the socket's error. */
  connect(host: string, port: number, signal?: AbortSignal): Promise<Socket>
  close(): Promise<void>
}

/** Resolves a name to all its addresses; replaced in tests, where names must not leave the machine. */
export type LookUp = (host: string) => Promise<Checked[]>

const CONNECT_MS = 15_000

/**
 * Opens connections to nothing but what `allowed` lists. It is asked at each connection, so a change
 * counts at once. Host and port are compared first, then every address that the name stands for; the
 * connection goes to an address that was checked. Link-local addresses (and with them the metadata
 * services of clouds), multicast and unspecified ones are refused whoever allowed the name.
 */
export function makeEgress(
  allowed: () => Promise<readonly Allowed[]>,
  { lookUp = systemLookUp }: { lookUp?: LookUp } = {},
): Egress {
  const check = async (host: string, port: number): Promise<Allowed> => {
    const name = bare(host)
    const rules = (await allowed()).filter((each) => matches(each, name, port))
    // The rule that allows most: an admin's word counts beside the catalogue's.
    const rule = rules.find(({ reach }) => reach === 'private') ?? rules[0]
    if (!rule)
      throw new EgressError(`${name}:${port}`, 'it is on no list of what may be connected to')
    if (isIP(name) !== 0)
      mustBeFit({ address: name, family: isIP(name) as 4 | 6 }, rule, name, port)
    return rule
  }
  const resolve = async (host: string, port: number): Promise<Checked[]> => {
    const name = bare(host)
    const rule = await check(name, port)
    if (isIP(name) !== 0) return [{ address: name, family: isIP(name) as 4 | 6 }]
    const found = await lookUp(name)
    if (found.length === 0)
      throw new EgressError(`${name}:${port}`, 'its name stands for no address')
    for (const each of found) mustBeFit(each, rule, name, port)
    return found
  }
  const dispatcher = new Agent({ connect: checkedConnector(resolve), keepAliveTimeout: 4_000 })
  return {
    dispatcher,
    fetch: (input, init) =>
      undiciFetch(input, { ...init, dispatcher }).catch((error: unknown) => {
        const cause = error instanceof Error ? error.cause : null
        throw cause instanceof EgressError ? cause : error
      }),
    check: async (host, port) => void (await check(host, port)),
    resolve,
    connect: async (host, port, signal) => openSocket(await resolve(host, port), port, signal),
    close: () => dispatcher.close(),
  }
}

/** A connection was not made because nobody allowed it. Not transient: an admin decides. */
export class EgressError extends PanelError {
  readonly code = 'egress.not-allowed'

  constructor(
    readonly target: string,
    why: string,
  ) {
    super(
      `The panel does not connect to ${target} - ${why} - an admin allows it in Settings > Connections, under "Other addresses".`,
    )
  }
}

/** Host and port of a URL as they are checked; `oci:` is HTTPS. Throws `TypeError` for no URL. */
export function targetOf(url: string): { host: string; port: number } {
  const { protocol, hostname, port } = new URL(url.replace(/^oci:/i, 'https:'))
  return { host: bare(hostname), port: Number(port) || (protocol === 'http:' ? 80 : 443) }
}

/** Without the brackets of a URL's IPv6 address, the root's dot and capitals. */
const bare = (host: string): string =>
  host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase()

function matches(rule: Allowed, host: string, port: number): boolean {
  if (rule.port !== null && rule.port !== port) return false
  const name = bare(rule.host)
  if (name.startsWith('*.')) return isIP(host) === 0 && host.endsWith(name.slice(1))
  return name === host || (isIP(name) !== 0 && isIP(host) !== 0 && sameAddress(name, host))
}

function mustBeFit({ address }: Checked, rule: Allowed, name: string, port: number): void {
  const kind = kindOfAddress(address)
  const target = name === address ? `${name}:${port}` : `${name}:${port} (${address})`
  if (kind === 'never')
    throw new EgressError(
      target,
      'an address of its kind (link-local, cloud metadata, multicast or unspecified) is never a service of yours',
    )
  if (kind === 'public') return
  // This machine itself holds more than any list means: only its own name or address stands for it.
  const means = isIP(bare(rule.host)) !== 0 || bare(rule.host) === 'localhost'
  if (kind === 'loopback' && !(rule.reach === 'private' && means))
    throw new EgressError(target, "it is the panel's own machine, and what was allowed is another")
  if (rule.reach === 'public')
    throw new EgressError(
      target,
      `it is an address of a private network, and ${rule.by} allowed a public host`,
    )
}

/** undici's connector with a look-up that answers only what was checked for this very connection. */
function checkedConnector(resolve: Egress['resolve']): buildConnector.connector {
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'http:' ? 80 : 443)
    resolve(options.hostname, port).then(
      (found) => {
        const connect = buildConnector({
          timeout: CONNECT_MS,
          maxCachedSessions: 0,
          lookup: answering(found),
        } as buildConnector.BuildOptions)
        connect(options, callback)
      },
      (error: Error) => callback(error, null),
    )
  }
}

const answering =
  (found: Checked[]): LookupFunction =>
  (_host, options, callback) => {
    const [first] = found
    if (options.all) callback(null, found)
    else if (first) callback(null, first.address, first.family)
  }

function openSocket(found: Checked[], port: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const socket = netConnect({
      host: found[0]?.address ?? '',
      port,
      lookup: answering(found),
      noDelay: true,
    })
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      socket.removeListener('error', fail)
    }
    const fail = (error: unknown) => {
      settle()
      socket.destroy()
      reject(error)
    }
    const onAbort = () => fail(signal?.reason)
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${CONNECT_MS / 1000} s`)),
      CONNECT_MS,
    )
    signal?.addEventListener('abort', onAbort, { once: true })
    socket.once('error', fail)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
  })
}

const systemLookUp: LookUp = async (host) =>
  (await dnsLookup(host, { all: true, verbatim: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }))

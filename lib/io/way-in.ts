import { trustsProxy } from './trusted-proxies'

/** What decides how browsers reach the panel. */
export type Reach = {
  host: string
  publicUrl: string | null
  trustProxy: string
  lan: boolean
  ownCertificate: object | null
  insecureHttp: boolean
}

/**
 * How browsers reach the panel: plain HTTP that never leaves this machine, HTTPS by the panel's own
 * authority or by the person's own certificate, HTTP from a trusted proxy that ends TLS, or plain
 * HTTP that anybody on the way can read and change.
 */
export type WayIn = 'loopback' | 'lan' | 'own-certificate' | 'proxy' | 'insecure'

/** Whether only this machine can connect to an address that is listened on. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || trustsProxy('loopback')(host)

/** The way in that a configuration asks for; null where it asks for plain HTTP without saying so. */
export function wayIn(reach: Reach): WayIn | null {
  if (reach.ownCertificate) return 'own-certificate'
  if (reach.lan) return 'lan'
  if (isLoopback(reach.host)) return 'loopback'
  if (reach.trustProxy !== 'none') return 'proxy'
  return reach.insecureHttp ? 'insecure' : null
}

/** Why a panel may not be served as it was asked for; null where it may. */
export function whyNotServed(reach: Reach): string | null {
  if (reach.lan && reach.ownCertificate)
    return 'LAN=on and TLS_CERT exclude each other - the first makes certificates, the second brings one'
  if (wayIn(reach) !== null) return null
  return `HOST=${reach.host} would serve plain HTTP to the network - passwords, cookies and every secret that is shown could be read and changed on the way, and no phone app, passkey or secure cookie works there. Choose one: --lan (HTTPS by an authority of the panel's own), TLS_CERT and TLS_KEY (your own certificate), or TRUST_PROXY with the address of the proxy that speaks HTTPS for it; --insecure-http takes the risk`
}

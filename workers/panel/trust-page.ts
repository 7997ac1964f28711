import { createHash } from 'node:crypto'
import { generate } from 'lean-qr'
import { toSvgSource } from 'lean-qr/extras/svg'
import { type Html, html, trusted } from '@/lib/base/html'
import type { Authority } from './tls'
import { TRUST_STYLE } from './trust-style'

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')

/** Nothing but the page's own style. */
export const TRUST_POLICY = `default-src 'none'; style-src 'sha256-${sha256(TRUST_STYLE)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** What each system calls its steps; the sources are the systems' own help pages (2026). */
const SYSTEMS: readonly { name: string; file: string; label: string; steps: readonly string[] }[] =
  [
    {
      name: 'iPhone and iPad',
      file: '/trust/drawbridge.mobileconfig',
      label: 'Download the profile',
      steps: [
        'Open this page in Safari and download the profile; allow it.',
        'Settings > General > VPN & Device Management > the Drawbridge profile > Install. Compare the fingerprint under More Details.',
        'Settings > General > About > Certificate Trust Settings: switch the Drawbridge authority on.',
      ],
    },
    {
      name: 'Android',
      file: '/trust/ca.crt',
      label: 'Download the certificate',
      steps: [
        'Download the certificate.',
        'Settings > Security & privacy > More > Encryption & credentials > Install a certificate > CA certificate. (Names differ by maker; search the settings for "CA certificate".)',
        'Confirm the warning and choose the downloaded file. Compare the fingerprint under Trusted credentials > User.',
      ],
    },
    {
      name: 'Windows',
      file: '/trust/ca.crt',
      label: 'Download the certificate',
      steps: [
        'Download the certificate, open it, and compare the fingerprint under Details (run certutil -hashfile drawbridge-ca.crt SHA256 for the SHA-256 one).',
        'Install Certificate > Current User > Place all certificates in the following store > Trusted Root Certification Authorities.',
        'Restart the browser. Chrome and Edge use this store; Firefox has steps of its own below.',
      ],
    },
    {
      name: 'macOS',
      file: '/trust/ca.crt',
      label: 'Download the certificate',
      steps: [
        'Download the certificate and open it: Keychain Access takes it into the login keychain.',
        'Open it there, compare the SHA-256 fingerprint, and under Trust set Secure Sockets Layer (SSL) to Always Trust.',
        'Restart the browser.',
      ],
    },
    {
      name: 'Linux',
      file: '/trust/ca.pem',
      label: 'Download the certificate (PEM)',
      steps: [
        'Debian, Ubuntu: sudo cp drawbridge-ca.pem /usr/local/share/ca-certificates/drawbridge.crt && sudo update-ca-certificates',
        'Fedora, RHEL: sudo cp drawbridge-ca.pem /etc/pki/ca-trust/source/anchors/ && sudo update-ca-trust',
        'Chrome keeps a store of its own: Settings > Privacy and security > Security > Manage certificates > Local certificates > Custom > Installed by you > Import.',
      ],
    },
    {
      name: 'Firefox, on any system',
      file: '/trust/ca.crt',
      label: 'Download the certificate',
      steps: [
        'Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import, and choose the downloaded file.',
        'Tick "Trust this CA to identify websites"; View shows the fingerprint.',
        'On Android: Settings > About Firefox, tap the logo five times, then Secret Settings > Use third party CA certificates.',
      ],
    },
  ]

/**
 * The page that says how a device comes to trust the panel: complete without script, for somebody
 * who is not signed in. `host`: as the browser wrote it.
 */
export function renderTrustPage(authority: Authority, host: string): string {
  const url = `https://${host}`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>Trust this panel - Drawbridge</title>
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="color-scheme" content="dark light">
        <style>${trusted(TRUST_STYLE)}</style>
      </head>
      <body>
        <main>
          <h1>Trust this panel</h1>
          <p class="lead">Your browser does not know who made this panel’s certificate: the panel made it itself. Install its authority once on each device, and the warning is gone for good.</p>
          ${fingerprintSection(authority)}
          <h2>2. Install it</h2>
          ${SYSTEMS.map(systemSection)}
          <h2>3. Open the panel</h2>
          <p><a class="button" href="${url}/">Open ${url}</a></p>
          ${phoneSection(`${url}/trust`)}
          <h2>What this authority can do</h2>
          <p>It can vouch for private names (.local, .lan, .home, .internal, home.arpa), for private addresses, and for the names that this machine had when it was made; for no site of the internet. Its key never leaves the panel’s data folder. It ends on ${new Date(authority.endsAt).toISOString().slice(0, 10)}. To take the trust back, delete “${authority.name}” where you installed it.</p>
        </main>
      </body>
    </html>`.text
}

const fingerprintSection = ({ fingerprint, name }: Authority): Html => html`
  <h2>1. Compare the fingerprint</h2>
  <p>This page may have been changed on its way to you; the fingerprint shows it. The panel printed it when it started, and <code>openssl x509 -noout -fingerprint -sha256 -in data/tls/ca.crt</code> prints it on the panel’s machine. If they differ, install nothing.</p>
  <dl><dt>SHA-256</dt><dd><code class="print">${fingerprint}</code></dd><dt>Name</dt><dd>${name}</dd></dl>`

const systemSection = ({ name, file, label, steps }: (typeof SYSTEMS)[number]): Html => html`
  <details name="system">
    <summary>${name}</summary>
    <p><a class="button" href="${file}" download>${label}</a></p>
    <ol>${steps.map((step) => html`<li>${step}</li>`)}</ol>
  </details>`

const phoneSection = (url: string): Html => html`
  <h2>On another device</h2>
  <div class="phone">
    <div class="qr" role="img" aria-label="QR code of ${url}">${trusted(qrSvg(url))}</div>
    <p>Scan this with its camera, or type <code>${url}</code>. The first visit warns; that is what this page is for.</p>
  </div>`

/** Dark on light in every theme, as cameras expect it. */
function qrSvg(url: string): string {
  return toSvgSource(generate(url), { on: '#000', off: '#fff', pad: 3, width: 180, height: 180 })
}

import { createHash } from 'node:crypto'
import { html } from '@/lib/base/html'
import type { Authority } from './tls'

/**
 * The authority as a profile that iOS and macOS install (Apple, Configuration Profile Reference,
 * payload com.apple.security.root). Its ids follow from the certificate, so that a second download
 * replaces the first.
 */
export function mobileConfig({ der, fingerprint, name }: Authority): string {
  const lines = der.toString('base64').replace(/.{1,64}/g, '$&\n')
  return html`<?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
    <plist version="1.0"><dict>
    <key>PayloadType</key><string>Configuration</string>
    <key>PayloadVersion</key><integer>1</integer>
    <key>PayloadIdentifier</key><string>drawbridge.trust</string>
    <key>PayloadUUID</key><string>${uuidOf(`profile ${fingerprint}`)}</string>
    <key>PayloadDisplayName</key><string>${name}</string>
    <key>PayloadDescription</key><string>Lets this device trust the Drawbridge panel. SHA-256 ${fingerprint}</string>
    <key>PayloadContent</key><array><dict>
    <key>PayloadType</key><string>com.apple.security.root</string>
    <key>PayloadVersion</key><integer>1</integer>
    <key>PayloadIdentifier</key><string>drawbridge.trust.authority</string>
    <key>PayloadUUID</key><string>${uuidOf(`authority ${fingerprint}`)}</string>
    <key>PayloadDisplayName</key><string>${name}</string>
    <key>PayloadCertificateFileName</key><string>drawbridge-ca.crt</string>
    <key>PayloadContent</key><data>${lines}</data>
    </dict></array>
    </dict></plist>`.text
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').toUpperCase()
  return [8, 4, 4, 4, 12]
    .map((length, i, all) => {
      const from = all.slice(0, i).reduce((a, b) => a + b, 0)
      return hex.slice(from, from + length)
    })
    .join('-')
}

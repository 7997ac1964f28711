import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { Providers } from '@/components/frame/providers'
import { THEME_SCRIPT } from '@/components/frame/theme-script'
import { NONCE_HEADER } from '@/lib/auth/csp'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Drawbridge', template: '%s - Drawbridge' },
  description: 'Draw the homelab you want; Drawbridge builds it and keeps showing whether it is.',
  icons: { icon: '/icon.svg' },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: dark)', color: '#0e1116' },
    { media: '(prefers-color-scheme: light)', color: '#f5f6f8' },
  ],
}

/** Reads the request's nonce: every page is rendered when it is asked for, none ahead of time. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined
  return (
    <html
      lang="en"
      data-theme="dark"
      // The script below has changed data-theme by the time React looks.
      suppressHydrationWarning
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <head>
        <script
          nonce={nonce}
          // A browser hides a nonce from scripts, so that React finds another.
          suppressHydrationWarning
          // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, before first paint
          dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }}
        />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}

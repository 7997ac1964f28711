import type { NextConfig } from 'next'

/**
 * The start scripts name the folder of each build (DRAWBRIDGE_NEXT_DIR), so that a new build never
 * touches the one being served. Next rewrites the tsconfig it is given; it gets one of its own.
 */
const distDir = process.env.DRAWBRIDGE_NEXT_DIR ?? '.next'
const tsconfigPath = process.env.DRAWBRIDGE_NEXT_TSCONFIG ?? 'tsconfig.json'

const config: NextConfig = {
  distDir,
  // The panel's server compresses everything, route handlers included (workers/panel/web.ts).
  compress: false,
  poweredByHeader: false,
  reactStrictMode: true,
  // Types are `npm run check`'s business; the panel's own type errors must not keep it from starting.
  typescript: { ignoreBuildErrors: true, tsconfigPath },
  serverExternalPackages: [
    'libsql',
    '@libsql/client',
    '@prisma/adapter-libsql',
    '@node-rs/argon2',
    'ssh2',
  ],
  // Nothing is written outside DRAWBRIDGE_DATA at run time.
  images: { unoptimized: true },
  experimental: { isrFlushToDisk: false },
}

export default config

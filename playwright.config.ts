import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/test/chromium.mjs'

// Found once; the test processes inherit it.
process.env.CHROMIUM ||= (await findChromium()) ?? ''
const asRoot = process.getuid?.() === 0

/**
 * Every test starts a panel of its own (e2e/support/fixtures.ts) from the build in dist/. Tests with
 * `@phone` in their title run at the phone's size too.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/browser',
  timeout: 90_000,
  expect: { timeout: 10_000 },
  // Two panels with a browser each keep two cores busy: a test waits more than it works.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: 'line',
  use: {
    // Recording every journey takes time from all: TRACE=1 where a failure is looked into.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM || undefined,
      args: asRoot ? ['--no-sandbox'] : [],
    },
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      grep: /@phone/,
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    },
  ],
})

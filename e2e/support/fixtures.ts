import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { api } from '@/lib/api/paths'
import { setupTokenIn } from '@/lib/api/setup-link'
import { startPanel, type TestPanel } from './panel'

/** The first account of every test panel. */
export const ACCOUNT = { name: 'alfred', password: 'the-knight-is-dark-42' }

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']

type Fixtures = {
  /** A panel of this test alone, with an empty data folder; gone with the test. */
  panel: TestPanel
  /** A page of a browser that is signed in as {@link ACCOUNT}; relative URLs work. */
  signedIn: Page
  /** Finds what WCAG 2.2 AA forbids on a page (default: that of `signedIn`). */
  makeAxeBuilder: (page: Page) => AxeBuilder
  /** Errors in any page's console; a test that leaves one fails. Remove those that it provoked. */
  consoleErrors: string[]
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
  panel: async ({}, use, testInfo) => {
    const panel = await startPanel()
    await use(panel)
    await testInfo.attach('panel', { body: panel.output(), contentType: 'text/plain' })
    await panel.remove()
  },
  // Whoever asks for a page without naming the panel still gets one to look at.
  baseURL: async ({ panel }, use) => use(panel.url),
  signedIn: async ({ page, panel }, use) => {
    await makeFirstAccount(page, panel)
    await use(page)
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
  makeAxeBuilder: async ({}, use) => {
    await use((page) => new StillAxeBuilder({ page }).withTags(WCAG))
  },
  consoleErrors: [
    async ({ context }, use) => {
      const errors: string[] = []
      context.on('console', (message) => {
        if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
      })
      context.on('weberror', (error) => errors.push(String(error.error())))
      await use(errors)
      expect(errors, 'errors in the browser console').toEqual([])
    },
    { auto: true },
  ],
})

/** Looks when nothing is fading in any more: a colour on its way is nobody's colour. */
class StillAxeBuilder extends AxeBuilder {
  readonly #page: Page

  constructor(options: { page: Page }) {
    super(options)
    this.#page = options.page
  }

  override async analyze() {
    await this.#page.waitForFunction(() =>
      document
        .getAnimations()
        .every(
          ({ playState, effect }) =>
            playState !== 'running' || effect?.getTiming().iterations === Number.POSITIVE_INFINITY,
        ),
    )
    return super.analyze()
  }
}

/** Makes the first account through the API with the printed link's token; the page is then signed in. */
export async function makeFirstAccount(page: Page, panel: TestPanel): Promise<void> {
  const token = setupTokenIn(panel.setupLink ?? '')
  const answer = await page.request.post(`${panel.url}${api.setup()}`, {
    data: { token, ...ACCOUNT },
    headers: { origin: panel.url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
}

export { expect }

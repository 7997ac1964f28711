import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'

const T = 'dark-knight'

/** Every page of the frame but the editor and the cluster's, which have suites of their own. */
const PAGES: Record<string, string> = {
  overview: pages.overview(),
  plan: pages.plan(T),
  destroy: pages.plan(T, { kind: 'destroy', disks: [] }),
  history: pages.history(T),
  jobs: pages.jobs(),
  machines: `${pages.machines(T)}?show=all`,
  vm: pages.vm(T, 'k8s-worker-2'),
  'vm wanted': `${pages.vm(T, 'k8s-worker-2')}?tab=wanted`,
  'vm access': `${pages.vm(T, 'k8s-worker-2')}?tab=access`,
  host: pages.host(T, 'pve1'),
  connections: `${pages.connections()}?add=1`,
  welcome: pages.welcome(),
  lab: pages.lab(),
}

/** Makes the blueprint's topology through the API. */
async function makeBlueprint(page: Page, url: string): Promise<void> {
  const answer = await page.request.post(`${url}${api.topologies()}`, {
    data: { from: 'blueprint' },
    headers: { origin: url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
}

for (const colorScheme of ['dark', 'light'] as const)
  test(`every page is fit for everybody and never scrolls sideways, ${colorScheme} @phone`, async ({
    signedIn,
    panel,
    makeAxeBuilder,
  }) => {
    test.setTimeout(180_000)
    await makeBlueprint(signedIn, panel.url)
    await signedIn.emulateMedia({ colorScheme })
    for (const [name, path] of Object.entries(PAGES)) {
      await signedIn.goto(path)
      await expect(signedIn.locator('h1')).toBeVisible()
      await expect(signedIn.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await expect(signedIn.locator('html')).toHaveAttribute('data-theme', colorScheme)
      const { violations } = await makeAxeBuilder(signedIn).analyze()
      expect(
        violations.map(({ id, nodes }) => [id, nodes[0]?.target]),
        name,
      ).toEqual([])
      const sideways = await signedIn.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(sideways, `${name} scrolls sideways`).toBeLessThanOrEqual(0)
    }
  })

test('palette, letters and sheet work from the keyboard alone', async ({ signedIn, panel }) => {
  await makeBlueprint(signedIn, panel.url)
  await signedIn.goto(pages.overview())
  await expect(signedIn.getByRole('heading', { name: 'Topologies' })).toBeVisible()

  await signedIn.keyboard.press('Control+k')
  await expect(signedIn.getByRole('combobox', { name: 'Find anything' })).toBeFocused()
  await signedIn.keyboard.type('worker-2')
  await expect(signedIn.getByRole('option', { name: /^k8s-worker-2/ })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  await signedIn.keyboard.press('Enter')
  await expect(signedIn).toHaveURL(pages.vm(T, 'k8s-worker-2'))

  await signedIn.keyboard.press('g')
  await signedIn.keyboard.press('m')
  await expect(signedIn).toHaveURL(pages.machines(T))

  await signedIn.keyboard.press('?')
  const sheet = signedIn.getByRole('dialog', { name: 'Keyboard' })
  await expect(sheet).toBeVisible()
  await signedIn.keyboard.press('g')
  await signedIn.keyboard.press('j')
  await expect(signedIn, 'nothing moves behind a dialog').toHaveURL(pages.machines(T))
  await sheet.getByRole('checkbox', { name: 'Letters act without Ctrl' }).click()
  await signedIn.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  await signedIn.keyboard.press('?')
  await expect(sheet).toBeHidden()
})

test('a theme that was chosen is kept and does not flash', async ({ signedIn }) => {
  await signedIn.emulateMedia({ colorScheme: 'dark' })
  await signedIn.goto(pages.jobs())
  await signedIn.getByRole('button', { name: /Signed in as/ }).click()
  await signedIn.getByRole('menuitem', { name: 'Light theme' }).click()
  await expect(signedIn.locator('html')).toHaveAttribute('data-theme', 'light')
  await signedIn.reload({ waitUntil: 'commit' })
  await expect(signedIn.locator('html')).toHaveAttribute('data-theme', 'light')
})

import { pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'
import { labOf } from './support/lab'

test('a full pool is brought about on the lab’s page, named with what it froze, and cleared', async ({
  signedIn,
  panel,
  makeAxeBuilder,
}) => {
  await signedIn.goto(pages.lab())
  await expect(signedIn.getByText('A simulated homelab: nothing real is touched.')).toBeVisible()
  await signedIn.getByLabel('Failure').selectOption({ label: 'Storage: A thin pool is full' })
  const breakIt = signedIn.getByRole('button', { name: 'Break it' })
  await expect(breakIt).toHaveAccessibleDescription('Storage is missing.')
  await signedIn.getByLabel('Storage', { exact: true }).selectOption('local-lvm')
  await breakIt.click()

  const broken = signedIn.getByRole('list', { name: 'Broken now' })
  await expect(broken.getByText('A thin pool is full')).toBeVisible()
  await expect(signedIn.getByText('One thing is broken on purpose.')).toBeVisible()
  await expect(signedIn.getByRole('row', { name: /101 workstation pve1 io-error/ })).toBeVisible()
  expect((await labOf(panel).state()).faults).toMatchObject([
    { kind: 'pool-full', storage: 'local-lvm', what: 'data' },
  ])
  expect((await makeAxeBuilder(signedIn).analyze()).violations).toEqual([])

  await broken.getByRole('button', { name: /^Clear A thin pool is full/ }).click()
  await expect(signedIn.getByText('Nothing is broken.').first()).toBeVisible()
  // Nobody resumed it: as on real hardware.
  await expect(signedIn.getByRole('row', { name: /101 workstation pve1 io-error/ })).toBeVisible()

  await signedIn.goto(pages.audit())
  await expect(signedIn.getByText(/switched pool-full on in the lab/).first()).toBeVisible()
})

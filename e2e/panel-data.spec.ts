import { expect, test } from './support/fixtures'

test('a backup is made, listed and taken away from Settings > Panel; the schedule is changed', async ({
  signedIn,
  makeAxeBuilder,
}) => {
  await signedIn.goto('/settings/panel')
  await expect(signedIn.getByText('There is no backup yet.')).toBeVisible()
  await signedIn.getByRole('button', { name: 'Make a backup now' }).click()
  await expect(signedIn.getByText(/the newest backup was made just now/)).toBeVisible()
  const row = signedIn.getByRole('row', { name: /asked for here/ })
  await expect(row.getByText('read back')).toBeVisible()

  const downloading = signedIn.waitForEvent('download')
  await row.getByRole('button', { name: /^Download/ }).click()
  expect((await downloading).suggestedFilename()).toMatch(/^drawbridge-.*-asked\.tar$/)

  await signedIn.getByLabel('Time of day').fill('04:15')
  await signedIn.getByLabel('Days kept').fill('14')
  await signedIn.getByRole('button', { name: 'Save the schedule' }).click()
  await expect(signedIn.getByText('The schedule is saved.')).toBeVisible()
  await signedIn.reload()
  await expect(signedIn.getByLabel('Time of day')).toHaveValue('04:15')
  await expect(signedIn.getByLabel('Days kept')).toHaveValue('14')
  expect((await makeAxeBuilder(signedIn).analyze()).violations).toEqual([])

  await row.getByRole('button', { name: /^Remove/ }).click()
  await signedIn.getByRole('button', { name: 'Remove the backup' }).click()
  await expect(signedIn.getByText('There is no backup yet.')).toBeVisible()
})

test('a folder that is not there is told where it was asked for, and on the status page', async ({
  signedIn,
  consoleErrors,
}) => {
  await signedIn.goto('/settings/panel')
  await signedIn.getByLabel('Folder').fill('/nowhere/at/all')
  await signedIn.getByRole('button', { name: 'Save the schedule' }).click()
  await expect(signedIn.getByText('The schedule is saved.')).toBeVisible()
  await signedIn.getByRole('button', { name: 'Make a backup now' }).click()
  await expect(signedIn.getByRole('alert').first()).toContainText('No backup can go to /nowhere')
  // The refused backup is what this test provoked.
  expect(consoleErrors.splice(0)).toHaveLength(1)
  await signedIn.goto('/status')
  await expect(signedIn.getByText(/own backup failed/).first()).toBeVisible()
})

test('on a phone nothing runs sideways', async ({ signedIn, makeAxeBuilder }) => {
  await signedIn.setViewportSize({ width: 390, height: 844 })
  await signedIn.goto('/settings/panel')
  await signedIn.getByRole('button', { name: 'Make a backup now' }).click()
  await expect(signedIn.getByText(/newest backup was made/)).toBeVisible()
  const { scrollWidth, clientWidth } = await signedIn.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return { scrollWidth, clientWidth }
  })
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth)
  expect((await makeAxeBuilder(signedIn).analyze()).violations).toEqual([])
})

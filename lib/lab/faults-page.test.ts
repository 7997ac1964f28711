import { expect, test } from 'vitest'
import { faultsPage } from './testing/faults-page'

test('docs/lab-faults.md is what the table says', async () => {
  await expect(faultsPage()).toMatchFileSnapshot('../../docs/lab-faults.md')
})

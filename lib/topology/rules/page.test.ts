import { expect, test } from 'vitest'
import { rulesPage } from '../testing/rules-page'

test('docs/rules.md is what the tables say', async () => {
  await expect(rulesPage()).toMatchFileSnapshot('../../../docs/rules.md')
})

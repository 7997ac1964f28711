import { expect, test } from 'vitest'
import { privilegesPage } from './testing/privileges-page'

test('docs/proxmox-privileges.md is what the table of privileges says', async () => {
  await expect(privilegesPage()).toMatchFileSnapshot('../../docs/proxmox-privileges.md')
})

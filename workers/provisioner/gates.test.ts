import { expect, test } from 'vitest'
import type { Dialer } from '@/lib/io/dialer'
import { EgressError } from '@/lib/io/egress'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import { downloadsAllowed, toGuestsOnly } from './gates'

test('Proxmox is not asked to download from where nobody allowed it', async () => {
  const asked: string[] = []
  const proxmox = {
    downloadUrl: async (_node: string, _storage: string, { url }: { url: string }) => {
      asked.push(url)
      return 'UPID:x'
    },
    urlMetadata: async (_node: string, url: string) => void asked.push(url),
  } as unknown as Proxmox
  const gate = downloadsAllowed(proxmox, {
    async check(host, port) {
      if (host !== 'images.example' || port !== 443) throw new EgressError(host, 'no')
    },
  })
  const from = (url: string) =>
    gate.downloadUrl('pve1', 'local', { kind: 'import', name: 'a.img', url, sha256: null })
  await from('https://images.example/a.img')
  for (const url of [
    'http://169.254.169.254/latest/meta-data',
    'https://10.0.0.1:8006/',
    'http://images.example/a.img',
  ])
    for (const refused of [from(url), gate.urlMetadata('pve1', url)])
      await expect(refused).rejects.toMatchObject({ code: 'egress.not-allowed' })
  expect(asked).toEqual(['https://images.example/a.img'])
})

test('no VM has the address of this machine or of a metadata service', async () => {
  const dialled: string[] = []
  const dialer = {
    dial: async (host: string) => void dialled.push(host),
    close: () => undefined,
  } as unknown as Dialer
  const gate = toGuestsOnly(dialer)
  await gate.dial('10.2.0.11', 22)
  for (const host of ['127.0.0.1', '169.254.169.254', '0.0.0.0', '::1', '224.0.0.1', 'localhost'])
    await expect(gate.dial(host, 22)).rejects.toMatchObject({ code: 'egress.not-allowed' })
  expect(dialled).toEqual(['10.2.0.11'])
})

import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readNeighbours } from './neighbour-table'

const TABLE = `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         a4:2b:b0:c9:11:02     *        eth0
192.168.1.33     0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.40     0x1         0x6         bc:24:11:0a:00:01     *        eth0
`

test('who answered is told with the MAC; who was only asked for is not', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'drawbridge-arp-')), 'arp')
  await writeFile(file, TABLE)
  expect(await readNeighbours(file)).toEqual([
    { address: '192.168.1.1', mac: 'A4:2B:B0:C9:11:02' },
    { address: '192.168.1.40', mac: 'BC:24:11:0A:00:01' },
  ])
})

test('a machine without such a table knows nobody, and this one can be asked', async () => {
  expect(await readNeighbours('/nowhere/arp')).toEqual([])
  expect(Array.isArray(await readNeighbours())).toBe(true)
})

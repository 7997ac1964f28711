import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readIso } from './iso9660'

/** Images made once with `genisoimage -volid cidata [-joliet] [-rock] user-data meta-data network-config`. */
const image = (name: string) =>
  gunzipSync(readFileSync(join(import.meta.dirname, 'testing', `${name}.iso.gz`)))

test.each(['both', 'rock', 'joliet'])(
  'reads the long names of an image made with %s extensions',
  (name) => {
    expect(readIso(image(name))).toEqual({
      volumeId: 'cidata',
      files: {
        'user-data': '#cloud-config\nhostname: fixture\n',
        'meta-data': 'instance-id: fixture-1\n',
        'network-config': 'version: 2\nethernets: {}\n',
      },
    })
  },
)

test('without extensions the names are cut, and so it is no seed', () => {
  expect(Object.keys(readIso(image('plain'))?.files ?? {})).not.toContain('network-config')
})

test('what is no image is null, and a cut one does not throw', () => {
  expect(readIso(new Uint8Array(0))).toBeNull()
  expect(readIso(new Uint8Array(100_000))).toBeNull()
  const whole = image('both')
  for (const bytes of [40_000, 52_000, 60_000])
    expect(() => readIso(whole.subarray(0, bytes))).not.toThrow()
})

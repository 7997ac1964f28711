import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { SeedSpec } from '@/lib/plan/step'
import { writeIso } from './iso'
import { renderMetaData } from './meta-data'
import { renderNetworkConfig } from './network-config'
import { seedIso } from './seed-iso'
import { renderBuilderUserData, renderUserData } from './user-data'

const seed: SeedSpec = {
  instanceId: 'dark-knight-nfs-1',
  hostname: 'nfs-1',
  domain: 'lan',
  user: 'drawbridge',
  authorizedKeys: ['ssh-ed25519 AAAAPERSON bruce@cave'],
  timezone: 'Europe/Vienna',
  ntp: ['10.0.0.1'],
  packages: [],
  nics: [
    {
      mac: 'BC:24:11:0A:00:01',
      address: '10.2.0.31/24',
      gateway: '10.2.0.1',
      dns: ['10.0.0.53', '1.1.1.1'],
      mtu: null,
      routes: [],
    },
    {
      mac: 'BC:24:11:0A:00:02',
      address: '10.3.0.31/24',
      gateway: null,
      dns: [],
      mtu: 9000,
      routes: [{ to: '10.9.0.0/16', via: '10.3.0.1' }],
    },
    { mac: 'BC:24:11:0A:00:03', address: null, gateway: null, dns: [], mtu: null, routes: [] },
  ],
  hosts: ['10.1.0.5 k8s.lan'],
}
const keys = {
  userKey: 'ssh-ed25519 AAAAPANEL',
  hostKey: {
    private: '-----BEGIN OPENSSH PRIVATE KEY-----\nnot-a-key\n-----END OPENSSH PRIVATE KEY-----\n',
    public: 'ssh-ed25519 AAAAHOST',
  },
}

test('the user data of a VM', async () => {
  await expect(renderUserData(seed, keys)).toMatchFileSnapshot('golden/user-data.yaml')
})
test('the user data of a builder', async () => {
  const builder = { ...seed, packages: ['qemu-guest-agent', 'nfs-common'], hosts: [] }
  await expect(renderBuilderUserData(builder, { ...keys, hostKey: null })).toMatchFileSnapshot(
    'golden/builder-user-data.yaml',
  )
})
test('the network configuration', async () => {
  await expect(renderNetworkConfig(seed)).toMatchFileSnapshot('golden/network-config.yaml')
})
test('the meta data', () => {
  expect(renderMetaData(seed)).toBe('instance-id: dark-knight-nfs-1\nlocal-hostname: nfs-1\n')
})

test('values that YAML 1.1 takes for something else are quoted', () => {
  const odd = { ...seed, hostname: 'no', nics: [{ ...seed.nics[2]!, mac: '12:34:56:11:22:33' }] }
  expect(renderUserData(odd, keys)).toContain('hostname: "no"')
  expect(renderNetworkConfig(odd)).toContain('macaddress: "12:34:56:11:22:33"')
})

test('the private host key comes back from the YAML byte for byte', () => {
  const read = parse(renderUserData(seed, keys))
  expect(read.ssh_keys.ed25519_private).toBe(keys.hostKey.private)
})

const files = (image: Uint8Array) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-iso-'))
  const path = join(folder, 'seed.iso')
  writeFileSync(path, image)
  return path
}

test('the image holds what was written, under its Joliet names', () => {
  const image = seedIso(seed, keys, 'vm')
  expect(readJoliet(image)).toEqual({
    volumeId: 'cidata',
    files: {
      'meta-data': renderMetaData(seed),
      'network-config': renderNetworkConfig(seed),
      'user-data': renderUserData(seed, keys),
    },
  })
})

test('the same seed gives the same bytes', () => {
  expect(seedIso(seed, keys, 'vm')).toEqual(seedIso(seed, keys, 'vm'))
})

const isoinfo = (() => {
  try {
    execFileSync('isoinfo', ['-version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
})()

// Where the tool is missing the reader above has looked at the same bytes.
test('isoinfo reads it, with and without Joliet', () => {
  if (!isoinfo) return expect(isoinfo).toBe(false)
  const big = 'x'.repeat(5000)
  const path = files(
    writeIso('cidata', [
      { name: 'user-data', content: Buffer.from(big) },
      { name: 'meta-data', content: Buffer.from('a: b\n') },
      { name: 'empty', content: Buffer.alloc(0) },
    ]),
  )
  const ask = (...args: string[]) =>
    execFileSync('isoinfo', [...args, '-i', path], { encoding: 'utf8' })
  expect(ask('-d')).toMatch(/Volume id: cidata/)
  expect(ask('-d')).toMatch(/Joliet with UCS level 3/)
  expect(ask('-J', '-f').trim().split('\n')).toEqual(['/empty', '/meta-data', '/user-data'])
  expect(ask('-J', '-x', '/user-data')).toBe(big)
  expect(ask('-x', '/META_DAT.;1')).toBe('a: b\n')
})

/** A reader of its own, by ECMA-119, so that writer and reader cannot agree on the same mistake by sharing code. */
function readJoliet(image: Uint8Array) {
  const bytes = Buffer.from(image)
  const at = 17 * 2048
  expect(bytes.toString('latin1', at + 1, at + 6)).toBe('CD001')
  expect(bytes[at]).toBe(2)
  const text = (from: number, to: number) =>
    Buffer.from(bytes.subarray(from, to)).swap16().toString('utf16le').trim()
  const root = bytes.readUInt32LE(at + 156 + 2) * 2048
  expect(bytes.readUInt32BE(at + 156 + 6) * 2048).toBe(root)
  const found: Record<string, string> = {}
  for (let p = root; bytes[p] !== 0; p += bytes[p] ?? 0) {
    const length = bytes[p + 32] ?? 0
    if (length === 1) continue
    const sector = bytes.readUInt32LE(p + 2)
    const size = bytes.readUInt32LE(p + 10)
    found[text(p + 33, p + 33 + length)] = bytes.toString(
      'utf8',
      sector * 2048,
      sector * 2048 + size,
    )
  }
  expect(bytes.length).toBe(bytes.readUInt32LE(at + 80) * 2048)
  return { volumeId: text(at + 40, at + 72), files: found }
}

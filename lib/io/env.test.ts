import path from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, parseConfig, toEnv } from './env'

test('without anything set, the panel listens on loopback only and runs the lab', () => {
  expect(parseConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 4880,
    dataDir: path.resolve('data'),
    lab: true,
    labPort: 18006,
    labSpeed: 30,
    publicUrl: null,
    trustProxy: 'none',
    fixed: [],
  })
})

test('a flag wins over the environment, and both are told as fixed', () => {
  const config = parseConfig({ PORT: '5000', LAB: 'off' }, ['--port=5001', '--data', '/tmp/x'])
  expect(config).toMatchObject({ port: 5001, lab: false, dataDir: '/tmp/x' })
  expect([...config.fixed].sort()).toEqual(['DRAWBRIDGE_DATA', 'LAB', 'PORT'])
})

test('HOSTNAME, which shells set, is not read', () => {
  expect(parseConfig({ HOSTNAME: 'somewhere' }).host).toBe('127.0.0.1')
})

test('an empty variable counts as not set', () => {
  expect(parseConfig({ PORT: '', PUBLIC_URL: '' })).toMatchObject({ port: 4880, publicUrl: null })
})

test('a public URL loses its slash at the end', () => {
  expect(parseConfig({ PUBLIC_URL: 'https://panel.lan/' }).publicUrl).toBe('https://panel.lan')
})

test('every faulty setting is named at once', () => {
  const read = () => parseConfig({ PORT: '70000', LAB: 'maybe', PUBLIC_URL: 'ftp://x' })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/PORT=70000.*LAB=maybe.*PUBLIC_URL=ftp/)
})

test('an unknown flag is refused with the known ones', () => {
  expect(() => parseConfig({}, ['--prot=1'])).toThrow(/--prot.*--port/)
})

test('a child that gets the environment of a configuration reads the same one', () => {
  const config = parseConfig({
    PORT: '0',
    LAB_SPEED: '10',
    PUBLIC_URL: 'https://a.lan',
    LAB: 'off',
  })
  expect({ ...parseConfig(toEnv(config)), fixed: [] }).toEqual({ ...config, fixed: [] })
})

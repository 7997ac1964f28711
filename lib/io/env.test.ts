import path from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, parseConfig, toEnv } from './env'
import { wayIn } from './way-in'

test('without anything set, the panel listens on loopback only and runs the lab', () => {
  expect(parseConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 4880,
    dataDir: path.resolve('data'),
    lab: true,
    labPort: 18006,
    labSpeed: 30,
    labHosts: 1,
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
    LAB_HOSTS: '3',
    PUBLIC_URL: 'https://a.lan',
    LAB: 'off',
    TRUST_PROXY: '10.0.0.0/24,::1',
    TLS_CERT: 'a.pem',
    TLS_KEY: '/etc/a.key',
  })
  expect({ ...parseConfig(toEnv(config)), fixed: [] }).toEqual({ ...config, fixed: [] })
})

test('on other addresses than loopback it is never plain HTTP unasked, and three ways are named', () => {
  for (const HOST of ['0.0.0.0', '::', '192.168.1.5', 'panel.lan'])
    expect(() => parseConfig({ HOST })).toThrow(/--lan.*TLS_CERT.*TRUST_PROXY.*--insecure-http/)
  for (const HOST of ['127.0.0.1', '127.8.0.1', '::1', 'localhost'])
    expect(wayIn(parseConfig({ HOST }))).toBe('loopback')
})

test.each([
  [{ LAN: 'on' }, [], 'lan', '0.0.0.0'],
  [{}, ['--lan'], 'lan', '0.0.0.0'],
  [{ HOST: '192.168.1.5' }, ['--lan'], 'lan', '192.168.1.5'],
  [{ HOST: '0.0.0.0', TRUST_PROXY: '10.0.0.2' }, [], 'proxy', '0.0.0.0'],
  [{ HOST: '0.0.0.0' }, ['--insecure-http'], 'insecure', '0.0.0.0'],
  [{ TLS_CERT: 'a.pem', TLS_KEY: 'a.key' }, [], 'own-certificate', '127.0.0.1'],
  [{ INSECURE_HTTP: 'on' }, [], 'loopback', '127.0.0.1'],
] as const)('%j with %j is served by %s on %s', (env, args, way, host) => {
  const config = parseConfig(env, args)
  expect(wayIn(config)).toBe(way)
  expect(config.host).toBe(host)
})

test('what cannot go together is refused', () => {
  expect(() => parseConfig({ TLS_CERT: 'a.pem' })).toThrow(/TLS_CERT is set without TLS_KEY/)
  const both = { LAN: 'on', TLS_CERT: 'a.pem', TLS_KEY: 'a.key' }
  expect(() => parseConfig(both)).toThrow(/exclude each other/)
})

test.each(['10.0.0.0/33', 'proxy.lan', '10.0.0.1/8/9', ',', '::1/x'])(
  'TRUST_PROXY=%s is refused',
  (TRUST_PROXY) => {
    expect(() => parseConfig({ TRUST_PROXY })).toThrow(/TRUST_PROXY=.* cannot be used/)
  },
)

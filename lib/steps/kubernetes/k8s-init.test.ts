import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { Secret } from '@/lib/base/secret'
import { kubeconfigName } from '@/lib/plan/secret-names'
import type { StepArgs } from '@/lib/plan/step'
import type { GuestSession, RunResult } from '@/lib/ssh/session'
import type { StepContext } from '../handler'
import { k8sInit } from './k8s-init'

const guest = {
  ...{ connection: 'lab', topologyId: 't1', vm: 'm1', name: 'm1', address: '10.2.0.11' },
  user: 'drawbridge',
}
const args: StepArgs['k8s.init'] = {
  guest,
  certSans: [],
  cluster: {
    ...{ topologyId: 't1', cluster: 'home', name: 'home', connection: 'lab', version: '1.29.14' },
    endpoint: { name: 'k8s.lan', address: '10.2.0.5', port: 6443 },
    ...{ podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12', cniMode: 'ebpf' },
    firstControlPlane: guest,
  },
}
const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
const kubeconfig = (ca: string) =>
  new Secret(
    stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'home', user: 'u' } }],
      clusters: [
        {
          name: 'home',
          cluster: { server: 'https://k8s.lan:6443', 'certificate-authority-data': btoa(ca) },
        },
      ],
      users: [{ name: 'u', user: { token: 'x' } }],
    }),
  )

/** A machine on which kubeadm ran before and whose API server is silent. */
function machine(ca: string, unit = '') {
  const commands: string[] = []
  const answer = async (command: unknown): Promise<RunResult> => {
    commands.push(String(command))
    const out = String(command).startsWith('systemctl show') ? unit : ''
    return { code: String(command).startsWith('kubectl') ? 1 : 0, out, err: '' }
  }
  const session = {
    run: answer,
    must: async (command: unknown) => (await answer(command)).out,
    readFile: async (path: string) => (path.endsWith('/pki/ca.crt') ? ca : null),
    writeFile: async () => undefined,
    runLong: async (_name: string, command: unknown) => answer(command),
  } as unknown as GuestSession
  return { session, commands }
}
const context = (session: GuestSession, stored: Secret | null, notes = new Map<string, string>()) =>
  ({
    guest: async () => session,
    secrets: {
      find: async (name: string) => (name === kubeconfigName('t1', 'home') ? stored : null),
    },
    notes: {
      get: (key: string) => notes.get(key),
      set: async (key: string, value: string) => void notes.set(key, value),
    },
    log: () => undefined,
    signal: new AbortController().signal,
    now: () => 0,
  }) as unknown as StepContext

const verbsOf = (commands: readonly string[]) =>
  commands.filter((each) => each.startsWith('kubeadm')).map((each) => each.slice(0, 15))

test('a control plane of the cluster that was in use is never reset because its API is silent', async () => {
  const { session, commands } = machine(pem('AAAA'))
  await expect(
    k8sInit.apply(args, context(session, kubeconfig(pem('AAAA')))),
  ).rejects.toMatchObject({ code: 'k8s.cluster-down' })
  expect(commands.join('\n')).not.toContain('kubeadm')
})

test.each([
  ['before there was access to it', null],
  ['of another life than the access that is stored', kubeconfig(pem('BBBB'))],
])('an attempt that failed %s is cleared and made again', async (_when, stored) => {
  const { session, commands } = machine(pem('AAAA'))
  await k8sInit.apply(args, context(session, stored))
  expect(verbsOf(commands)).toEqual(['kubeadm reset -', 'kubeadm config ', 'kubeadm init --'])
})

test.each([
  ['runs is attached to', 'LoadState=loaded\nActiveState=active', ['kubeadm init --']],
  [
    'was cancelled is cleared and begun anew',
    'LoadState=not-found\nActiveState=inactive',
    ['kubeadm reset -', 'kubeadm config ', 'kubeadm init --'],
  ],
])('a noted run that %s', async (_what, unit, verbs) => {
  const { session, commands } = machine(pem('AAAA'), unit)
  const notes = new Map([['unit:kubeadm-init', 'kubeadm-init-before']])
  await k8sInit.apply(args, context(session, null, notes))
  expect(verbsOf(commands)).toEqual(verbs)
  expect(notes.get('unit:kubeadm-init') === 'kubeadm-init-before').toBe(verbs.length === 1)
})

import type { CallName, CallRow } from './call-target'
import { keep, wait } from './kept'

/** What is asked of a guest agent. */
export const GUEST_CALLS = {
  // In the guest
  agentPing: { is: 'read', run: (p, t) => p.agentPing(t.node, t.guest) },
  agentInterfaces: { is: 'read', run: (p, t) => p.agentInterfaces(t.node, t.guest) },
  findContainerConfig: {
    ...{ is: 'read', absent: 'answers' },
    run: (p, t) => p.findContainerConfig(t.node, t.vm),
  },
  containerInterfaces: {
    ...{ is: 'read', absent: 'answers' },
    run: async (p, t) => {
      const box = (await p.listGuests(t.node)).find(
        ({ kind, running }) => kind === 'lxc' && running,
      )
      return p.containerInterfaces(t.node, box?.vmid ?? 9_999)
    },
  },
  agentExec: {
    is: 'read',
    run: (p, t) => p.agentExec(t.node, t.guest, ['/bin/uname', '-r'], wait().signal),
  },
  agentStart: {
    is: 'read',
    run: (p, t) =>
      keep(t, 'pid', p.agentStart(t.node, t.guest, ['/bin/uname']).then(String)).then(Number),
  },
  agentEnded: {
    is: 'read',
    run: (p, t) => p.agentEnded(t.node, t.guest, Number(t.kept.get('pid') ?? 1)),
  },
  agentWriteFile: {
    is: 'change',
    run: (p, t) => p.agentWriteFile(t.node, t.guest, '/tmp/conformance', 'hi there'),
  },
  agentReadFile: {
    is: 'read',
    run: (p, t) => p.agentReadFile(t.node, t.guest, '/tmp/conformance'),
  },
  agentFilesystems: { is: 'read', run: (p, t) => p.agentFilesystems(t.node, t.guest) },
  agentOs: { is: 'read', run: (p, t) => p.agentOs(t.node, t.guest) },
  agentHostName: { is: 'read', run: (p, t) => p.agentHostName(t.node, t.guest) },
  agentTime: { is: 'read', run: (p, t) => p.agentTime(t.node, t.guest) },
  agentFreeze: { is: 'read', run: (p, t) => p.agentFreeze(t.node, t.guest) },
  agentFrozen: { is: 'read', run: (p, t) => p.agentFrozen(t.node, t.guest) },
  agentThaw: { is: 'read', run: (p, t) => p.agentThaw(t.node, t.guest) },
  agentTrim: { is: 'change', run: (p, t) => p.agentTrim(t.node, t.guest) },
} satisfies Partial<Record<CallName, CallRow>>

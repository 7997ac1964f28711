import { z } from 'zod'
import { pause } from '@/lib/io/pause'
import { flag, num } from './answer-values'
import * as answers from './answers'
import { type Ask, path, type Verbs, verbsOf } from './ask'
import { ProxmoxError } from './errors'

export type AgentInterface = { name: string; mac: string; addresses: string[] }
export type Executed = { code: number; out: string; err: string }
/** A mounted filesystem of the guest. */
export type GuestFilesystem = {
  mountpoint: string
  type: string
  /** Null where the guest does not say (a filesystem that it cannot measure). */
  totalBytes: number | null
  usedBytes: number | null
  /** `/dev/sda` of each disk below it, where known. */
  devices: string[]
}
export type GuestOs = {
  /** `debian`, `ubuntu`, `mswindows`; null where the guest has no os-release. */
  id: string | null
  version: string | null
  name: string | null
  kernel: string | null
  machine: string | null
}

/** What the guest agent tells and does, where there is one. A convenience, never a precondition. */
export type GuestAgent = {
  /** Whether the guest agent answers. False also while the guest is booting. */
  agentPing(node: string, vmid: number): Promise<boolean>
  /** Null if no agent answers. Without loopback. */
  agentInterfaces(node: string, vmid: number): Promise<AgentInterface[] | null>
  /** Of a running container, which needs no agent. Without loopback. */
  containerInterfaces(node: string, vmid: number): Promise<AgentInterface[]>
  /** Starts a command and waits for its end; `input` is its standard input. */
  agentExec(
    node: string,
    vmid: number,
    command: string[],
    signal: AbortSignal,
    input?: string,
  ): Promise<Executed>
  /** Starts a command; answers its process id in the guest. */
  agentStart(node: string, vmid: number, command: string[], input?: string): Promise<number>
  /** Null while it runs. An end is told once: the agent forgets it then. */
  agentEnded(
    node: string,
    vmid: number,
    pid: number,
    signal?: AbortSignal,
  ): Promise<Executed | null>
  /** At most 16 MiB; `truncated` says that there is more. */
  agentReadFile(
    node: string,
    vmid: number,
    file: string,
  ): Promise<{ content: string; truncated: boolean }>
  /** At most 60 KiB. */
  agentWriteFile(node: string, vmid: number, file: string, content: string): Promise<void>
  /** Null if no agent answers. */
  agentFilesystems(node: string, vmid: number): Promise<GuestFilesystem[] | null>
  /** Null if no agent answers. */
  agentOs(node: string, vmid: number): Promise<GuestOs | null>
  /** Null if no agent answers. */
  agentHostName(node: string, vmid: number): Promise<string | null>
  /** Milliseconds since 1970 by the guest's own clock; null if no agent answers. */
  agentTime(node: string, vmid: number): Promise<number | null>
  /** Holds all writes to filesystems, until thawed. Answers how many it froze. */
  agentFreeze(node: string, vmid: number): Promise<number>
  agentThaw(node: string, vmid: number): Promise<number>
  agentFrozen(node: string, vmid: number): Promise<boolean>
  /** Gives unused blocks back to the storage. */
  agentTrim(node: string, vmid: number): Promise<void>
}

/** The three answers of a guest without a working agent (QemuServer/Agent.pm:43, QemuServer.pm:8445). */
const NO_AGENT = /No QEMU guest agent configured|is not running|QEMU guest agent is not running/

const result = <S extends z.ZodType>(schema: S) => z.object({ result: schema })
const Filesystems = result(
  z.array(
    z.object({
      mountpoint: z.string().default(''),
      type: z.string().default(''),
      'total-bytes': num.optional(),
      'used-bytes': num.optional(),
      disk: z.array(z.object({ dev: z.string().optional() })).default([]),
    }),
  ),
)
const Os = result(
  z.object({
    id: z.string().optional(),
    'version-id': z.string().optional(),
    'pretty-name': z.string().optional(),
    'kernel-release': z.string().optional(),
    machine: z.string().optional(),
  }),
)
const FileRead = z.object({ content: z.string().default(''), truncated: flag })

const at = (node: string, vmid: number, command: string) =>
  path`/nodes/${node}/qemu/${vmid}/agent/${command}`

/** See {@link GuestAgent}. */
export function agentCalls(ask: Ask): GuestAgent {
  const verbs = verbsOf(ask)
  return { ...addressCalls(ask, verbs), ...execCalls(ask), ...guestCalls(ask, verbs) }
}

type Addresses = 'agentPing' | 'agentInterfaces' | 'containerInterfaces'

function addressCalls(ask: Ask, { read }: Verbs): Pick<GuestAgent, Addresses> {
  return {
    async agentPing(node, vmid) {
      const answer = await unlessSilent(
        ask(answers.Nothing, {
          method: 'POST',
          path: at(node, vmid, 'ping'),
          what: `Ask the agent of VM ${vmid}`,
        }).then(() => true),
      )
      return answer === true
    },
    async agentInterfaces(node, vmid) {
      const what = `Read the addresses of VM ${vmid}`
      const answer = await unlessSilent(
        read(answers.AgentInterfaces, what, at(node, vmid, 'network-get-interfaces')),
      )
      return (
        answer?.result
          .filter(({ name }) => name !== 'lo')
          .map((found) => ({
            name: found.name,
            mac: (found['hardware-address'] ?? '').toUpperCase(),
            addresses: (found['ip-addresses'] ?? []).map((entry) => entry['ip-address']),
          })) ?? null
      )
    },
    async containerInterfaces(node, vmid) {
      const answer = await read(
        answers.ContainerInterfaces,
        `Read the addresses of container ${vmid}`,
        path`/nodes/${node}/lxc/${vmid}/interfaces`,
      )
      return answer
        .filter(({ name }) => name !== 'lo')
        .map((found) => ({
          name: found.name,
          mac: (found.hwaddr ?? '').toUpperCase(),
          addresses: [
            ...new Set([
              ...(found.inet === undefined ? [] : [found.inet.split('/')[0] ?? '']),
              ...(found['ip-addresses'] ?? []).map((entry) => entry['ip-address']),
            ]),
          ],
        }))
    },
  }
}

type Exec = 'agentExec' | 'agentStart' | 'agentEnded'

function execCalls(ask: Ask): Pick<GuestAgent, Exec> {
  const agentStart: GuestAgent['agentStart'] = async (node, vmid, command, input) => {
    const { pid } = await ask(answers.ExecStarted, {
      method: 'POST',
      path: at(node, vmid, 'exec'),
      what: `Run ${command[0]} through the agent of VM ${vmid}`,
      json: { command, ...(input === undefined ? {} : { 'input-data': input }) },
    })
    return pid
  }
  const agentEnded: GuestAgent['agentEnded'] = async (node, vmid, pid, signal) => {
    const status = await ask(answers.ExecStatus, {
      method: 'GET',
      path: at(node, vmid, 'exec-status'),
      query: { pid },
      what: `Ask whether command ${pid} of VM ${vmid} ended`,
      signal,
    })
    if (!status.exited) return null
    return {
      code: status.exitcode ?? 128 + (status.signal ?? 0),
      out: status['out-data'],
      err: status['err-data'],
    }
  }
  return {
    agentStart,
    agentEnded,
    async agentExec(node, vmid, command, signal, input) {
      const pid = await agentStart(node, vmid, command, input)
      for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
        const ended = await agentEnded(node, vmid, pid, signal)
        if (ended) return ended
        await pause(pauseMs, signal)
      }
    },
  }
}

function guestCalls(ask: Ask, { read, change }: Verbs): Omit<GuestAgent, Addresses | Exec> {
  const post = <S extends z.ZodType>(schema: S, what: string, where: string) =>
    ask(schema, { method: 'POST', path: where, what })
  return {
    agentReadFile: (node, vmid, file) =>
      read(FileRead, `Read ${file} of VM ${vmid}`, at(node, vmid, 'file-read'), { file }),
    agentWriteFile: (node, vmid, file, content) =>
      change(`Write ${file} of VM ${vmid}`, ['POST', at(node, vmid, 'file-write')], {
        file,
        content,
      }),
    async agentFilesystems(node, vmid) {
      const what = `Read the filesystems of VM ${vmid}`
      const found = await unlessSilent(read(Filesystems, what, at(node, vmid, 'get-fsinfo')))
      return (
        found?.result.map((one) => ({
          mountpoint: one.mountpoint,
          type: one.type,
          totalBytes: one['total-bytes'] ?? null,
          usedBytes: one['used-bytes'] ?? null,
          devices: one.disk.map(({ dev }) => dev ?? '').filter(Boolean),
        })) ?? null
      )
    },
    async agentOs(node, vmid) {
      const what = `Read the system of VM ${vmid}`
      const os = (await unlessSilent(read(Os, what, at(node, vmid, 'get-osinfo'))))?.result
      if (!os) return null
      return {
        id: os.id ?? null,
        version: os['version-id'] ?? null,
        name: os['pretty-name'] ?? null,
        kernel: os['kernel-release'] ?? null,
        machine: os.machine ?? null,
      }
    },
    async agentHostName(node, vmid) {
      const schema = result(z.object({ 'host-name': z.string() }))
      const what = `Read the host name of VM ${vmid}`
      const found = await unlessSilent(read(schema, what, at(node, vmid, 'get-host-name')))
      return found?.result['host-name'] ?? null
    },
    async agentTime(node, vmid) {
      const what = `Read the clock of VM ${vmid}`
      const found = await unlessSilent(read(result(num), what, at(node, vmid, 'get-time')))
      // Nanoseconds, beyond what a number holds exactly; milliseconds are.
      return found === null ? null : Math.round(found.result / 1e6)
    },
    async agentFreeze(node, vmid) {
      const what = `Freeze the filesystems of VM ${vmid}`
      return (await post(result(num), what, at(node, vmid, 'fsfreeze-freeze'))).result
    },
    async agentThaw(node, vmid) {
      const what = `Thaw the filesystems of VM ${vmid}`
      return (await post(result(num), what, at(node, vmid, 'fsfreeze-thaw'))).result
    },
    async agentFrozen(node, vmid) {
      const what = `Ask whether VM ${vmid} is frozen`
      const { result: state } = await post(
        result(z.string()),
        what,
        at(node, vmid, 'fsfreeze-status'),
      )
      return state === 'frozen'
    },
    agentTrim: (node, vmid) =>
      change(`Trim the filesystems of VM ${vmid}`, ['POST', at(node, vmid, 'fstrim')]),
  }
}

async function unlessSilent<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ProxmoxError && NO_AGENT.test(error.message)) return null
    throw error
  }
}

import { pause } from '@/lib/io/pause'
import * as answers from './answers'
import type { Ask } from './client'
import { ProxmoxError } from './errors'
import type { Proxmox } from './proxmox'

type GuestCalls = Pick<
  Proxmox,
  'agentPing' | 'agentInterfaces' | 'containerInterfaces' | 'agentExec'
>

const e = encodeURIComponent
/** The three answers of a guest without a working agent (QemuServer/Agent.pm:43, QemuServer.pm:8445). */
const NO_AGENT = /No QEMU guest agent configured|is not running|QEMU guest agent is not running/

/** What the guest agent tells, where there is one. A convenience, never a precondition. */
export function guestCalls(ask: Ask): GuestCalls {
  const at = (node: string, vmid: number) => `/nodes/${e(node)}/qemu/${vmid}/agent`
  return {
    async agentPing(node, vmid) {
      const answer = await unlessSilent(
        ask(answers.Nothing, {
          method: 'POST',
          path: `${at(node, vmid)}/ping`,
          what: `Ask the agent of VM ${vmid}`,
        }).then(() => true),
      )
      return answer === true
    },
    async agentInterfaces(node, vmid) {
      const answer = await unlessSilent(
        ask(answers.AgentInterfaces, {
          method: 'GET',
          path: `${at(node, vmid)}/network-get-interfaces`,
          what: `Read the addresses of VM ${vmid}`,
        }),
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
      const answer = await ask(answers.ContainerInterfaces, {
        method: 'GET',
        path: `/nodes/${e(node)}/lxc/${vmid}/interfaces`,
        what: `Read the addresses of container ${vmid}`,
      })
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
    async agentExec(node, vmid, command, signal) {
      const what = `Run ${command[0]} through the agent of VM ${vmid}`
      const { pid } = await ask(answers.ExecStarted, {
        method: 'POST',
        path: `${at(node, vmid)}/exec`,
        what,
        json: { command },
      })
      for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
        const status = await ask(answers.ExecStatus, {
          method: 'GET',
          path: `${at(node, vmid)}/exec-status`,
          query: { pid },
          what,
          signal,
        })
        if (status.exited)
          return {
            code: status.exitcode ?? 128 + (status.signal ?? 0),
            out: status['out-data'],
            err: status['err-data'],
          }
        await pause(pauseMs, signal)
      }
    },
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

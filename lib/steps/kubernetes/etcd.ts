import { z } from 'zod'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { ADMIN_CONF } from './kubeadm'

const PKI = '/etc/kubernetes/pki/etcd'

const Members = z.object({
  members: z.array(
    z.looseObject({
      ID: z.union([z.number(), z.string()]),
      name: z.string().optional(),
      peerURLs: z.array(z.string()),
      isLearner: z.boolean().optional(),
    }),
  ),
})

export type EtcdMember = {
  id: string
  name: string
  peer: string
  learner: boolean
  started: boolean
}

const etcdctl = (session: GuestSession, node: string, args: readonly string[]) =>
  session.must(
    sh`kubectl --kubeconfig ${ADMIN_CONF} --namespace kube-system exec ${`etcd-${node}`} -- etcdctl --endpoints https://127.0.0.1:2379 --cacert ${`${PKI}/ca.crt`} --cert ${`${PKI}/healthcheck-client.crt`} --key ${`${PKI}/healthcheck-client.key`} ${args}`,
    { sudo: true, timeoutMs: 60_000 },
  )

/** The members as etcd on `node` lists them. JSON numbers lose digits of 64-bit ids, so hex is asked for. */
export async function etcdMembers(session: GuestSession, node: string): Promise<EtcdMember[]> {
  const said = await etcdctl(session, node, ['member', 'list', '--hex', '--write-out', 'json'])
  return Members.parse(JSON.parse(said)).members.map((member) => ({
    id: String(member.ID),
    name: member.name ?? '',
    peer: member.peerURLs[0] ?? '',
    learner: member.isLearner ?? false,
    // A member that never started has no name yet.
    started: (member.name ?? '') !== '',
  }))
}

/** Removes a member by its hexadecimal id. */
export const removeEtcdMember = (session: GuestSession, node: string, id: string) =>
  etcdctl(session, node, ['member', 'remove', id])

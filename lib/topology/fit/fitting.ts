import { assert } from '@/lib/base/assert'
import { applyChanges } from '../apply'
import type { Change, Json } from '../change'
import { atPath } from '../json'
import type { Host, Network, Topology } from '../topology'
import type { NodeFacts } from './inventory'

/** One thing that the document leaves open or that Proxmox does not tell, with an answer that would do. */
export type FitQuestion = {
  /** Stable: what it is about, such as `host:pve1` or `dhcp:lan`. */
  id: string
  title: string
  /** What depends on it, in one sentence. */
  why: string
  /** Closed choices; absent: a text is typed. */
  options?: { value: string; label: string }[]
  /** How a typed answer is written. */
  example?: string
  /** What is taken where nobody answers. */
  proposed: string
  /** Where the proposal comes from: read from Proxmox, written in the document, or only likely. */
  origin: 'found' | 'document' | 'guess'
  /** What counts now: the answer, or the proposal where there is none or it will not do. */
  value: string
  /** Why the given answer will not do; null if it does or none was given. */
  fault: string | null
}

/** Answers by question id. */
export type FitAnswers = Readonly<Record<string, string>>

/** Something that cannot be had here, with what would help. */
export type Unmet = { code: string; message: string }

/** An address at which somebody is who is not the document's, with who in words. */
export type SeenAddress = { address: string; owner: string }

/** A Proxmox host of the document and the machine that it is to be. */
export type FittedHost = { id: string; key: string; facts: NodeFacts; moved: boolean }

/** A fit in the making: stages write into it, one after the other. */
export type Fitting = {
  topology: Topology
  readonly answers: FitAnswers
  /** Never given away; what guests on the machines have is in their facts. */
  readonly seen: readonly SeenAddress[]
  questions: FitQuestion[]
  /** What was taken away or made smaller, in words. */
  took: string[]
  unmet: Unmet[]
  hosts: FittedHost[]
}

type Asking = Omit<FitQuestion, 'value' | 'fault'> & {
  /** Why a typed answer will not do; null if it does. */
  check?: (answer: string) => string | null
}

/** Adds a question and gives what counts: the answer if it will do, else the proposal. */
export function ask(fitting: Fitting, { check, ...question }: Asking): string {
  const given = fitting.answers[question.id]?.trim()
  const fault = given === undefined ? null : whyNotTaken(question, given, check)
  const value = given === undefined || fault !== null ? question.proposed : given
  fitting.questions.push({ ...question, value, fault })
  return value
}

function whyNotTaken(
  { options }: Pick<Asking, 'options'>,
  given: string,
  check: Asking['check'],
): string | null {
  if (options) return options.some(({ value }) => value === given) ? null : 'Choose one of these.'
  return check?.(given) ?? null
}

/** Writes one field; `undefined` takes it away. Nothing happens where it is so already. */
export function put(fitting: Fitting, path: readonly string[], to: Json | undefined): void {
  const now = atPath(fitting.topology as unknown as Json, path)
  if (JSON.stringify(now) === JSON.stringify(to)) return
  const change: Change = { path, ...(to === undefined ? {} : { to }) }
  fitting.topology = applyChanges(fitting.topology, [change])
}

/** The networks of a place; those without a site and hosts without one belong together. */
export const networksOf = (topology: Topology, site: string): [string, Network][] =>
  Object.entries(topology.networks ?? {}).filter(([, network]) => (network.site ?? '') === site)

export const hostOf = (topology: Topology, id: string): Host => {
  const host = topology.hosts?.[id]
  assert(host, `fit lost host ${id}`)
  return host
}

/** The VMs that use a network, by any NIC. */
export const usersOf = (topology: Topology, network: string): string[] =>
  Object.entries(topology.vms ?? {}).flatMap(([id, { nics }]) =>
    Object.values(nics ?? {}).some((nic) => nic.network === network) ? [id] : [],
  )

/** `a, b c` as a list. */
export const listOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

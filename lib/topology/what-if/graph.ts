/**
 * What stands on what, as data. A thing is named by its path in the document joined by `/`
 * (`vms/k8s-worker-1`, `hosts/pve1/disks/nvme0`), which is also its name on the canvas; what is in
 * no document but carries others (a host's way out, the quorum of Proxmox) has a name that no path
 * can have: `way:pve1`.
 */
export type ThingId = string

export const THING_KINDS = [
  'site',
  'ups',
  'host',
  'disk',
  'storage',
  'switch',
  'router',
  'network',
  'vm',
  'unmanaged',
  'vm-disk',
  'cluster',
  'api',
  'add-on',
  'chart',
  'manifest',
  'service',
  'panel',
] as const
/** What a person knows a thing as. `hidden` things only carry others. */
export type ThingKind = (typeof THING_KINDS)[number] | 'hidden'

export type Thing = {
  id: ThingId
  kind: ThingKind
  /** As it is shown: its name in the document, with what it belongs to where that is needed. */
  name: string
  /** Its place among all things, which is that of the document. */
  order: number
}

/**
 * One thing that another stands on. Below `atLeast` of `of` the holder stops or degrades, whichever
 * `else` says; between that and all of them it goes on and degrades, if `spare` tells what was lost.
 */
export type Requirement = {
  /** Never empty. */
  of: readonly ThingId[]
  atLeast: number
  else: 'stops' | 'degrades'
  /** Why, in words that follow the holder's name: "runs on pve1". Gets the names of those that are gone and how many are left. */
  why: (gone: readonly string[], left: number) => string
  /** The same while enough are left; without it nobody notices. */
  spare?: (gone: readonly string[], left: number) => string
  /**
   * The holder itself keeps running and nobody reaches it: a lost network, a lost way out. What was
   * only cut off is told apart from what went down.
   */
  cuts?: true
  /** Another of them takes over: the holder restarts there when the first of them is gone. */
  moves?: true
}

/** Everything of a topology and what it stands on. */
export type Graph = {
  things: ReadonlyMap<ThingId, Thing>
  needs: ReadonlyMap<ThingId, readonly Requirement[]>
  /** Who stands on a thing, in the order of the document. */
  dependents: ReadonlyMap<ThingId, readonly ThingId[]>
  /** VMs and unmanaged guests. */
  guests: readonly Thing[]
}

/** Collects a graph. Requirements of things that are nowhere are left out: the rules tell of them. */
export class GraphMaker {
  readonly #things = new Map<ThingId, Thing>()
  readonly #needs = new Map<ThingId, Requirement[]>()

  /** Adds a thing; the first to name it wins. */
  add(id: ThingId, kind: ThingKind, name: string): void {
    if (!this.#things.has(id)) this.#things.set(id, { id, kind, name, order: this.#things.size })
  }

  has(id: ThingId): boolean {
    return this.#things.has(id)
  }

  need(holder: ThingId, requirement: Requirement): void {
    const list = this.#needs.get(holder)
    if (list) list.push(requirement)
    else this.#needs.set(holder, [requirement])
  }

  /** The whole, without references to what is not there. */
  make(): Graph {
    const needs = new Map<ThingId, Requirement[]>()
    const dependents = new Map<ThingId, ThingId[]>()
    for (const [holder, requirements] of this.#needs) {
      if (!this.#things.has(holder)) continue
      const kept = requirements.flatMap((requirement) => this.#known(requirement))
      needs.set(holder, kept)
      for (const id of new Set(kept.flatMap(({ of }) => of))) {
        const list = dependents.get(id)
        if (list) list.push(holder)
        else dependents.set(id, [holder])
      }
    }
    const guests = [...this.#things.values()].filter(
      ({ kind }) => kind === 'vm' || kind === 'unmanaged',
    )
    return { things: this.#things, needs, dependents, guests }
  }

  /** The requirement over those that exist; what cannot be met from the start tells nothing. */
  #known(requirement: Requirement): Requirement[] {
    const of = [...new Set(requirement.of)].filter((id) => this.#things.has(id))
    return of.length === 0 || of.length < requirement.atLeast ? [] : [{ ...requirement, of }]
  }
}

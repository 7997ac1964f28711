import { z } from 'zod'
import { nullable, text } from './answer-values'
import { type Ask, path, verbsOf } from './ask'
import type { Upid } from './values'

export type PackageUpdate = {
  name: string
  title: string
  from: string | null
  to: string
  origin: string | null
}
export type InstalledPackage = {
  name: string
  version: string
  /** `Installed`, `Not installed` ... */
  state: string
  /** Of the kernel package: the one that runs now. */
  runningKernel: string | null
}

/** Packages of a node. Installing them is left to a person at its shell: PVE has no call for it. */
export type Updates = {
  /** As of the last refresh. */
  list(node: string): Promise<PackageUpdate[]>
  /** `apt-get update`; fails in the task where a repository needs a subscription. */
  refresh(node: string): Promise<Upid>
  versions(node: string): Promise<InstalledPackage[]>
}

const Update = z.object({
  Package: z.string(),
  Title: z.string().default(''),
  OldVersion: nullable(text),
  Version: text,
  Origin: nullable(z.string()),
})
const Installed = z.object({
  Package: z.string(),
  OldVersion: text.optional(),
  Version: text.default(''),
  CurrentState: z.string().default(''),
  RunningKernel: nullable(z.string()),
})

/** See {@link Updates}. PVE 8 and 9 source, PVE/API2/APT.pm. */
export function updateCalls(ask: Ask): Updates {
  const { read, task } = verbsOf(ask)
  return {
    async list(node) {
      const what = `List the updates of ${node}`
      const found = await read(z.array(Update), what, path`/nodes/${node}/apt/update`)
      return found.map((one) => ({
        name: one.Package,
        title: one.Title,
        from: one.OldVersion,
        to: one.Version,
        origin: one.Origin,
      }))
    },
    refresh: (node) =>
      task(`Refresh the package lists of ${node}`, ['POST', path`/nodes/${node}/apt/update`]),
    async versions(node) {
      const what = `List the packages of ${node}`
      const found = await read(z.array(Installed), what, path`/nodes/${node}/apt/versions`)
      return found.map((one) => ({
        name: one.Package,
        // `OldVersion` is what is installed; `Version` what could be.
        version: one.OldVersion ?? one.Version,
        state: one.CurrentState,
        runningKernel: one.RunningKernel,
      }))
    },
  }
}

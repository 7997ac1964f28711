import { networkActs } from '../network-tasks'
import type { Lab } from '../state'
import { backupActs } from '../vm/backup'
import { cloneActs } from '../vm/clone'
import { createActs } from '../vm/create'
import { destroyActs } from '../vm/destroy'
import { diskActs } from '../vm/disks'
import { migrateActs } from '../vm/migrate'
import { powerActs } from '../vm/power'
import { snapshotActs } from '../vm/snapshots'
import { storageActs } from '../vm/storage-tasks'
import { templateActs } from '../vm/template'
import type { ActArgs } from './act-args'
import type { Task } from './task'

export type Act<A extends keyof ActArgs> = (lab: Lab, task: Task, args: ActArgs[A]) => void
export type Acts<A extends keyof ActArgs> = { [K in A]: Act<K> }

/** Everything that tasks do, by name. Leaving one out is a type error. */
export const ACTS: Acts<keyof ActArgs> = {
  ...createActs,
  ...cloneActs,
  ...diskActs,
  ...destroyActs,
  ...powerActs,
  ...snapshotActs,
  ...templateActs,
  ...storageActs,
  ...backupActs,
  ...migrateActs,
  ...networkActs,
}

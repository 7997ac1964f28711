import { wallSeconds } from '../../clock'
import type { Command } from '../../guest/command'
import { listNames } from '../../guest/filesystem'
import { done, failed } from '../../guest/shell/script'
import { apiServerOn } from '../lab-kubernetes'
import { membershipOf } from '../membership'
import { writeRoot } from '../write-root'
import { logLine } from './journal'

const FOLDER = '/var/lib/rancher/k3s/server/db/snapshots'

/** `k3s etcd-snapshot save|list`. A server with SQLite has none. */
export const etcdSnapshot: Command = ({ lab, vm, user, args }) => {
  if (user !== 'root') return failed('FATA[0000] must run as root')
  const kube = apiServerOn(lab, vm)
  const fatal = (message: string) => done('', 1, logLine(lab, 'fatal', message))
  if (!kube?.k3s) return fatal('Error: see server log for details: connection refused')
  if (kube.k3s.sqlite) return fatal('Error: see server log for details: etcd datastore disabled')
  const verb = args[1]
  if (verb === 'list' || verb === 'ls') {
    const rows = listNames(lab, vm, FOLDER).map((name) => `${name}  file://${FOLDER}/${name}`)
    return done(`${['Name  Location', ...rows].join('\n')}\n`)
  }
  if (verb !== 'save') return failed(`No help topic for '${verb ?? ''}'`)
  const name = `on-demand-${membershipOf(lab, vm)?.node}-${wallSeconds(lab.now)}`
  writeRoot(lab, vm, `${FOLDER}/${name}`, `etcd of ${kube.uid} at ${kube.rv}\n`)
  return {
    steps: [
      {
        ...{ do: 'write', afterMs: 1800, stream: 'err' },
        text: logLine(lab, 'info', `Snapshot ${name} saved.`),
      },
    ],
    code: 0,
  }
}

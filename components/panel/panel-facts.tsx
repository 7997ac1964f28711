import type { ReactNode } from 'react'
import { StateWord } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import type { PanelAnswer } from '@/lib/api/contract-panel'
import { formatBytes } from './panel-sentence'

/** What the panel is and what it takes. */
export function PanelFacts({ panel }: { panel: PanelAnswer }) {
  const { disk } = panel
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1">
      <Fact name="Version">
        <code className="font-mono">{panel.version}</code>
      </Fact>
      <Fact name="Node">
        <code className="font-mono">{panel.node}</code>
      </Fact>
      <Fact name="Started">
        <Time at={panel.startedAt} />
      </Fact>
      <Fact name="Data folder">
        <code className="break-all font-mono">{panel.dataDir}</code>
      </Fact>
      <Fact name="Database">{formatBytes(panel.databaseBytes)}</Fact>
      <Fact name="Logs of jobs">{formatBytes(panel.logsBytes)}</Fact>
      <Fact name="Disk">
        {formatBytes(disk.freeBytes)} of {formatBytes(disk.totalBytes)} free
      </Fact>
      <Fact name="Integrity">
        <Integrity integrity={panel.integrity} />
      </Fact>
    </dl>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="col-span-2 grid grid-cols-subgrid border-line border-b py-1">
    <dt className="text-ink-2">{name}</dt>
    <dd className="min-w-0 tabular-nums">{children}</dd>
  </div>
)

function Integrity({ integrity }: Pick<PanelAnswer, 'integrity'>) {
  if (integrity === null)
    return <StateWord state="unknown">not looked at yet; it is once a week</StateWord>
  return (
    <StateWord state={integrity.fault ? 'fail' : 'ok'}>
      {integrity.fault ? 'damaged' : 'every page reads through'}, <Time at={integrity.at} />
    </StateWord>
  )
}

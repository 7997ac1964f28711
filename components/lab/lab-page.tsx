'use client'

import { Page, Section } from '@/components/frame/page'
import { QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import type { LabAnswer, LabView } from '@/lib/api/contract-lab'
import { FaultList } from './fault-list'
import { FaultPicker } from './fault-picker'
import { LabGuests } from './lab-guests'
import { ResetLab } from './reset-dialog'
import { useLab, useLabActions } from './use-lab'

/** The simulation's own page: break something on purpose, see what the panel makes of it, clear it. */
export function LabPage() {
  const lab = useLab()
  const view = lab.data?.lab
  return (
    <Page
      title="Lab"
      kind="simulation"
      sentence={lab.data ? labSentence(lab.data) : undefined}
      actions={view ? <LabButtons lab={view} /> : null}
    >
      <QueryView query={lab}>
        {(answer) =>
          answer.lab === null ? <NoLab /> : <LabBody lab={answer.lab} kinds={answer.kinds} />
        }
      </QueryView>
    </Page>
  )
}

/** What it is, and how it is, for somebody who came here by accident. */
export function labSentence({ lab }: LabAnswer): string {
  if (lab === null) return 'No lab runs here.'
  const count = lab.faults.length
  const broken =
    count === 0
      ? 'Nothing is broken.'
      : `${count === 1 ? 'One thing is' : `${count} things are`} broken on purpose.`
  const down = lab.hosts.filter(({ up }) => !up).map(({ node }) => node)
  return [
    'A simulated homelab: nothing real is touched.',
    broken,
    ...(down.length > 0 ? [`${down.join(', ')} ${down.length === 1 ? 'is' : 'are'} down.`] : []),
    ...(lab.quorate ? [] : ['There is no quorum.']),
  ].join(' ')
}

const NoLab = () => (
  <EmptyState title="No lab runs here.">
    The lab is a simulated homelab in which everything can be tried and broken. It runs where it is
    not switched off (LAB=off) and its connection was not removed.
  </EmptyState>
)

function LabButtons({ lab }: { lab: LabView }) {
  const { mend } = useLabActions()
  const mayNot = useWhyNotRole('operator')
  const nothing = lab.faults.length === 0 ? 'Nothing is broken.' : null
  return (
    <>
      <Button
        busy={mend.isPending}
        disabledReason={mayNot ?? nothing}
        onClick={() => mend.mutate(null)}
      >
        Clear everything
      </Button>
      <ResetLab lab={lab} />
    </>
  )
}

function LabBody({ lab, kinds }: { lab: LabView; kinds: LabAnswer['kinds'] }) {
  return (
    <>
      <Section title="Broken now">
        <FaultList lab={lab} kinds={kinds} />
      </Section>
      <Section title="Break something">
        <FaultPicker lab={lab} kinds={kinds} />
      </Section>
      <Section
        title="Guests"
        aside={`PVE ${lab.release}, ${lab.hosts.length === 1 ? 'one host' : `${lab.hosts.length} hosts`}, ${lab.speed} times real time`}
      >
        <LabGuests lab={lab} />
      </Section>
    </>
  )
}

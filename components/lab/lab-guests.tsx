import { StateWord } from '@/components/ui/states'
import type { LabView } from '@/lib/api/contract-lab'

const STATES = {
  running: 'ok',
  stopped: 'hold',
  paused: 'hold',
  'io-error': 'fail',
} as const

/** The lab's guests as they are behind the panel's back, for comparing with what the panel says. */
export function LabGuests({ lab }: { lab: LabView }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full max-w-180 border-collapse text-left">
        <thead className="text-caption text-ink-3">
          <tr>
            <th className="py-1 pr-4 text-right font-medium">VMID</th>
            <th className="py-1 pr-4 font-medium">Name</th>
            <th className="py-1 pr-4 font-medium">Host</th>
            <th className="py-1 font-medium">State</th>
          </tr>
        </thead>
        <tbody>
          {lab.guests.map(({ vmid, name, node, status }) => (
            <tr key={vmid} className="h-row border-line border-t">
              <td className="pr-4 text-right font-mono tabular-nums">{vmid}</td>
              <td className="pr-4">{name}</td>
              <td className="pr-4 font-mono">{node}</td>
              <td>
                <StateWord state={STATES[status as keyof typeof STATES] ?? 'unknown'} still>
                  {status}
                </StateWord>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

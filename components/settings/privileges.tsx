import { CodeLine } from '@/components/ui/copy'
import { StateWord } from '@/components/ui/states'
import type { ConnectionAreas } from '@/lib/api/contract'
import {
  areaCommand,
  PRIVILEGE_AREAS,
  type PrivilegeArea,
  roleUpdateCommands,
  WHEN_NEEDED,
} from '@/lib/proxmox/privileges'

/** What the token has too little and too much of, the command that puts it right, and what could be added. */
export function Privileges({
  major,
  missing,
  excess,
  areas,
}: {
  major: number
  missing: readonly string[]
  excess: readonly string[]
  areas: ConnectionAreas
}) {
  const drawn = PRIVILEGE_AREAS.filter((area) => areas.drawn.includes(area))
  const held = PRIVILEGE_AREAS.filter((area) => areas.held.includes(area))
  const wrong = missing.length > 0 || excess.length > 0
  return (
    <section aria-label="Rights of the token" className="mt-3 flex flex-col gap-2">
      {missing.length > 0 ? (
        <p className="max-w-[72ch]">
          <StateWord state="warn">Missing:</StateWord>{' '}
          <span className="font-mono text-caption">{missing.join(', ')}</span>
        </p>
      ) : null}
      {drawn.length > 0 ? (
        <p className="max-w-[72ch] text-ink-2">
          Needed beside VMs, because {drawn.map((area) => WHEN_NEEDED[area]).join(', and ')}.
        </p>
      ) : null}
      {excess.length > 0 ? (
        <details>
          <summary className="min-h-6 text-ink-2">
            {excess.length} rights more than the panel uses
          </summary>
          <p className="max-w-[72ch] font-mono text-caption text-ink-2">{excess.join(', ')}</p>
        </details>
      ) : null}
      {wrong ? (
        <div>
          <p className="text-caption text-ink-2">
            On a node as root, this gives the role Drawbridge exactly what is needed
          </p>
          {roleUpdateCommands(major, [...drawn, ...held]).map((command) => (
            <CodeLine key={command} text={command} label="Copy command" />
          ))}
        </div>
      ) : null}
      <Optional major={major} taken={[...drawn, ...held]} />
    </section>
  )
}

/** Areas that nothing drawn asks for and the token may not work in. */
function Optional({ major, taken }: { major: number; taken: readonly PrivilegeArea[] }) {
  const free = PRIVILEGE_AREAS.flatMap((area) => {
    const command = taken.includes(area) ? null : areaCommand(area, major)
    return command === null ? [] : [{ area, command }]
  })
  if (free.length === 0) return null
  return (
    <details>
      <summary className="min-h-6 text-ink-2">Optional: no drawing needs these now</summary>
      <ul className="mt-1 flex flex-col gap-2">
        {free.map(({ area, command }) => (
          <li key={area}>
            <p className="text-caption text-ink-2">Where {WHEN_NEEDED[area]}:</p>
            <CodeLine text={command} label={`Copy the command for ${area}`} />
          </li>
        ))}
      </ul>
    </details>
  )
}

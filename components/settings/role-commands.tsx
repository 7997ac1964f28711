'use client'

import { useState } from 'react'
import { CodeLine } from '@/components/ui/copy'
import { Segments } from '@/components/ui/tabs'
import {
  areaCommand,
  neededPrivileges,
  PRIVILEGE_AREAS,
  roleCommands,
  WHEN_NEEDED,
} from '@/lib/proxmox/privileges'

const VERSIONS = [
  { value: '9', label: 'Proxmox VE 9' },
  { value: '8', label: 'Proxmox VE 8' },
] as const

/** The exact commands that make a token with the fewest rights that suffice, by version. */
export function RoleCommands() {
  const [version, setVersion] = useState<'8' | '9'>('9')
  const major = Number(version)
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="max-w-[60ch] text-ink-2">
          Run these on a node as root. The last one prints the token's secret, once.
        </p>
        <Segments
          label="Version of Proxmox"
          options={VERSIONS}
          value={version}
          onChange={setVersion}
        />
      </div>
      {roleCommands(major).map((command) => (
        <CodeLine key={command} text={command} label="Copy command" />
      ))}
      <details>
        <summary className="min-h-6 text-ink-2">What each right is for</summary>
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-caption">
          {neededPrivileges(major).map(({ name, why, optional }) => (
            <div key={name} className="contents">
              <dt className="font-mono">{name}</dt>
              <dd className="text-ink-2">
                {why}
                {optional ? ', can be left out' : ''}
              </dd>
            </div>
          ))}
        </dl>
      </details>
      <details>
        <summary className="min-h-6 text-ink-2">What to add for consoles, HA, backups ...</summary>
        <ul className="mt-1 flex flex-col gap-2">
          {PRIVILEGE_AREAS.map((area) => {
            const command = areaCommand(area, major)
            return command === null ? null : (
              <li key={area}>
                <p className="text-caption text-ink-2">Where {WHEN_NEEDED[area]}:</p>
                <CodeLine text={command} label={`Copy the command for ${area}`} />
              </li>
            )
          })}
        </ul>
      </details>
    </div>
  )
}

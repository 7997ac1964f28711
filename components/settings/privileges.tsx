import { CodeLine } from '@/components/ui/copy'
import { StateWord } from '@/components/ui/states'
import { roleUpdateCommands } from '@/lib/proxmox/privileges'

/** What the token has too little and too much of, and the command that puts it right. */
export function Privileges({
  major,
  missing,
  excess,
}: {
  major: number
  missing: readonly string[]
  excess: readonly string[]
}) {
  if (missing.length === 0 && excess.length === 0) return null
  return (
    <section aria-label="Rights of the token" className="mt-3 flex flex-col gap-2">
      {missing.length > 0 ? (
        <p className="max-w-[72ch]">
          <StateWord state="warn">Missing:</StateWord>{' '}
          <span className="font-mono text-caption">{missing.join(', ')}</span>
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
      {missing.length > 0
        ? roleUpdateCommands(major).map((command) => (
            <CodeLine key={command} text={command} label="Copy command" />
          ))
        : null}
    </section>
  )
}

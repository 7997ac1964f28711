'use client'

import { type ChangeEvent, useState } from 'react'
import { Button, buttonClass } from '@/components/ui/button'
import { Field, TextArea } from '@/components/ui/field'
import { ErrorState } from '@/components/ui/states'
import { ApiFailure } from '@/lib/api/client'
import { MAX_TEXT_BYTES } from '@/lib/base/text-limit'
import type { useCreateTopology } from './welcome'

/** A document pasted or opened from a file; what is wrong with it is named by line and column. */
export function ImportDocument({ create }: { create: ReturnType<typeof useCreateTopology> }) {
  const [text, setText] = useState('')
  const [refused, setRefused] = useState<string | null>(null)
  const open = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    if (!file) return
    const tooLarge = file.size > MAX_TEXT_BYTES
    setRefused(
      tooLarge
        ? `${file.name} has ${Math.round(file.size / 1024 / 1024)} MiB - a topology has at most 4 - choose the YAML document itself.`
        : null,
    )
    if (!tooLarge) setText(await file.text())
  }
  const failure =
    create.error instanceof ApiFailure && create.variables?.from === 'text' ? create.error : null
  return (
    <section className="mt-4 rounded-md border border-line bg-surface-1 p-4">
      <Field
        label="Document"
        help="YAML that begins with drawbridge: 1"
        aside={
          <label className={buttonClass({ size: 'sm' }, 'cursor-pointer')}>
            Open a file
            <input type="file" accept=".yaml,.yml,text/yaml" className="sr-only" onChange={open} />
          </label>
        }
      >
        {(control) => (
          <TextArea
            {...control}
            mono
            rows={14}
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder={'drawbridge: 1\nname: My homelab\nhosts:\n  pve1:\n    role: proxmox'}
          />
        )}
      </Field>
      {refused ? (
        <ErrorState className="mt-3" level="warn" message={refused} code="import.too-large" />
      ) : null}
      {failure ? (
        <div className="mt-3">
          <ErrorState message={failure.message} code={failure.code} quote={issuesText(failure)} />
        </div>
      ) : null}
      <div className="mt-3">
        <Button
          variant="primary"
          busy={create.isPending}
          disabledReason={text.trim() === '' ? 'There is no text yet.' : null}
          onClick={() => create.mutate({ from: 'text', text })}
        >
          Import document
        </Button>
      </div>
    </section>
  )
}

/** One line per fault: `12:5 vms.a.role - ...`. */
function issuesText(failure: ApiFailure): string | null {
  if (failure.issues.length === 0) return null
  return failure.issues
    .map(({ line, column, path, message }) => {
      const place = line === undefined ? '' : `${line}:${column ?? 1} `
      return `${place}${path.join('.')}${path.length > 0 ? ' - ' : ''}${message}`
    })
    .join('\n')
}

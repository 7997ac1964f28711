'use client'

import { useMutation } from '@tanstack/react-query'
import { Eye, EyeOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy'
import { secretsClient } from '@/lib/api/client-secrets'

/** A value that was asked for stays on the screen so long, in seconds. */
const SHOWN_S = 60

/**
 * Shows a secret's value for a minute, with a way to copy it. The value lives in this component
 * alone: not in the cache of answers, not in the URL.
 */
export function RevealSecret({ name }: { name: string }) {
  const confirmed = useConfirmed()
  const [shown, setShown] = useState<{ value: string; left: number } | null>(null)
  const reveal = useMutation({
    mutationFn: async () => {
      const { value } = await confirmed(() => secretsClient.reveal(name))
      setShown({ value, left: SHOWN_S })
    },
    gcTime: 0,
  })
  const hidden = shown === null
  useEffect(() => {
    if (hidden) return
    const timer = setInterval(
      () => setShown((now) => (now && now.left > 1 ? { ...now, left: now.left - 1 } : null)),
      1000,
    )
    return () => clearInterval(timer)
  }, [hidden])
  if (shown) {
    return (
      <div className="flex flex-col gap-2">
        <div className="flex items-start gap-1 rounded-sm border border-line bg-surface-0 py-1 pr-1 pl-2">
          <code className="max-h-60 min-w-0 flex-1 overflow-y-auto whitespace-pre-wrap wrap-anywhere py-0.5 font-mono text-caption">
            {shown.value}
          </code>
          <CopyButton text={shown.value} label="Copy the value" />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button size="sm" icon={<EyeOff size={14} aria-hidden />} onClick={() => setShown(null)}>
            Hide it
          </Button>
          <span className="text-caption text-ink-3 tabular-nums">
            Hidden by itself in {shown.left} s
          </span>
        </div>
      </div>
    )
  }
  return (
    <div className="flex flex-col items-start gap-2">
      <Button
        icon={<Eye size={16} aria-hidden />}
        busy={reveal.isPending}
        onClick={() => reveal.mutate()}
      >
        Reveal the value
      </Button>
      <p className="text-caption text-ink-3">
        It is written in the audit log that you looked, and the value is shown for a minute.
      </p>
      {reveal.error ? <FailureNote error={reveal.error} /> : null}
    </div>
  )
}

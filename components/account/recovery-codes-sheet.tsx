'use client'

import { Download, Printer } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { saveText } from '@/components/secrets/save-text'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy'
import { StateMark } from '@/components/ui/state-mark'
import type { MyAccount } from '@/lib/api/contract-account'

type Props = { codes: readonly string[]; me: MyAccount; onClose: () => void }

/** The ten codes, shown this once: to copy, print or save. */
export function RecoveryCodesSheet({ codes, me, onClose }: Props) {
  const top = useRef<HTMLElement>(null)
  useEffect(() => top.current?.focus(), [])
  const text = textOf(codes, me)
  return (
    <section
      ref={top}
      tabIndex={-1}
      aria-label="Recovery codes"
      className="w-full rounded-md border border-warn bg-warn/12 px-3 py-2 outline-none"
    >
      <p className="flex max-w-[72ch] items-start gap-2 text-prose">
        <StateMark state="warn" className="mt-1" />
        These ten codes are shown this once. Each gets you in once when the authenticator is lost.
        Keep them where the password is not.
      </p>
      <Codes codes={codes} />
      <div className="flex flex-wrap items-center gap-2">
        <Button icon={<Printer size={16} aria-hidden />} onClick={() => window.print()}>
          Print the codes
        </Button>
        <Button
          icon={<Download size={16} aria-hidden />}
          onClick={() => saveText(`drawbridge-recovery-codes-${me.name}.txt`, text)}
        >
          Save as a file
        </Button>
        <CopyButton text={codes.join('\n')} label="Copy the codes" />
        <Button className="ml-auto" onClick={onClose}>
          I keep them
        </Button>
      </div>
      {createPortal(
        <div className="print-sheet p-6" aria-hidden>
          <h1 className="text-title">Drawbridge recovery codes of {me.name}</h1>
          <Codes codes={codes} />
          <p>Each counts once, in place of the one-time code, after the password.</p>
        </div>,
        document.body,
      )}
    </section>
  )
}

const Codes = ({ codes }: { codes: readonly string[] }) => (
  <ol className="my-3 grid max-w-160 gap-x-6 gap-y-1 font-mono text-prose sm:grid-cols-2">
    {codes.map((code) => (
      <li key={code} className="select-all">
        {code}
      </li>
    ))}
  </ol>
)

const textOf = (codes: readonly string[], { name }: MyAccount) =>
  `Drawbridge recovery codes of ${name}\nEach counts once, in place of the one-time code, after the password.\n\n${codes.join('\n')}\n`

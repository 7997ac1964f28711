import type { ReactNode } from 'react'
import { Mark } from './mark'

/** Pages outside the frame: one column, the name above. */
export const Door = ({
  title,
  sentence,
  children,
  wide = false,
}: {
  title: string
  sentence?: ReactNode
  children: ReactNode
  wide?: boolean
}) => (
  <main className="mx-auto flex min-h-dvh w-full flex-col justify-center px-4 py-12">
    <div className={wide ? 'mx-auto w-full max-w-240' : 'mx-auto w-full max-w-90'}>
      <p className="mb-6 flex items-center gap-2 font-medium text-ink-2">
        <Mark /> Drawbridge
      </p>
      <h1 className="text-title">{title}</h1>
      {sentence ? (
        <div className="mt-1 mb-6 max-w-[72ch] text-ink-2 text-prose">{sentence}</div>
      ) : (
        <div className="mb-6" />
      )}
      {children}
    </div>
  </main>
)

import { cn } from './cn'

/** What a plan does to an object. */
export type Sign = 'create' | 'change' | 'reboot' | 'replace' | 'destroy' | 'adopt' | 'none'

const SIGNS: Record<Sign, { sign: string; word: string; colour: string }> = {
  create: { sign: '+', word: 'creates', colour: 'text-ok' },
  change: { sign: '~', word: 'changes', colour: 'text-work' },
  reboot: { sign: 'R', word: 'reboots', colour: 'text-warn' },
  replace: { sign: '±', word: 'replaces', colour: 'text-replace' },
  destroy: { sign: '−', word: 'destroys', colour: 'text-fail' },
  adopt: { sign: '←', word: 'adopts', colour: 'text-ink-2' },
  none: { sign: '·', word: 'leaves as it is', colour: 'text-ink-3' },
}

export const signWord = (sign: Sign): string => SIGNS[sign].word

/** One character and colour for what will happen; its word is what a screen reader says. */
export const PlanSign = ({ sign, className }: { sign: Sign; className?: string }) => (
  <span
    role="img"
    aria-label={SIGNS[sign].word}
    title={SIGNS[sign].word}
    className={cn(
      'inline-block w-4 text-center font-mono font-semibold',
      SIGNS[sign].colour,
      className,
    )}
  >
    {SIGNS[sign].sign}
  </span>
)

'use client'

import { Check } from 'lucide-react'
import { Checkbox as Radix } from 'radix-ui'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { cn } from './cn'

/** What a control inside a {@link Field} spreads to be named and described by it. */
export type FieldControl = {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

/**
 * A label above a control, help below it, and the fault in place of the help:
 * `<Field label="Name">{(control) => <Input {...control} />}</Field>`.
 */
export function Field({
  label,
  help,
  error,
  aside,
  className,
  children,
}: {
  label: ReactNode
  help?: ReactNode
  error?: ReactNode
  /** Stands at the right end of the label's line, such as a unit or a Reset button. */
  aside?: ReactNode
  className?: string
  children: (control: FieldControl) => ReactNode
}) {
  const id = useId()
  const note = error || help
  return (
    <div className={cn('flex min-w-0 flex-col gap-1', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="font-medium text-caption text-ink-2">
          {label}
        </label>
        {aside ? <span className="text-caption text-ink-3">{aside}</span> : null}
      </div>
      {children({
        id,
        'aria-describedby': note ? `${id}-note` : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {note ? (
        <p
          id={`${id}-note`}
          className={cn('max-w-[72ch] text-caption', error ? 'text-fail' : 'text-ink-3')}
        >
          {note}
        </p>
      ) : null}
    </div>
  )
}

const box =
  'w-full min-w-0 rounded-sm border border-edge bg-surface-1 px-2 text-ink-1 placeholder:text-ink-3 aria-invalid:border-fail read-only:bg-surface-2 disabled:bg-surface-2 disabled:text-ink-3'

/** One line of text. `mono` for what is typed or copied: addresses, VMIDs, versions. */
export const Input = ({
  className,
  mono,
  ...rest
}: ComponentProps<'input'> & { mono?: boolean }) => (
  <input
    autoComplete="off"
    spellCheck={false}
    {...rest}
    className={cn(box, 'h-control', mono && 'font-mono', className)}
  />
)

export const TextArea = ({
  className,
  mono,
  ...rest
}: ComponentProps<'textarea'> & { mono?: boolean }) => (
  <textarea
    spellCheck={false}
    {...rest}
    className={cn(box, 'min-h-20 py-1', mono && 'font-mono', className)}
  />
)

/** The platform's own select: keyboard, phone wheel and screen reader come with it. */
export const Select = ({
  options,
  className,
  ...rest
}: Omit<ComponentProps<'select'>, 'children'> & {
  options: readonly { value: string; label: string; disabled?: boolean }[]
}) => (
  <select {...rest} className={cn(box, 'h-control pr-1', className)}>
    {options.map(({ value, label, disabled }) => (
      <option key={value} value={value} disabled={disabled}>
        {label}
      </option>
    ))}
  </select>
)

/** A box to tick with its label beside it; the whole line is the target. */
export function Checkbox({
  label,
  help,
  checked,
  onChange,
  disabled = false,
  className,
}: {
  label: ReactNode
  help?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
  className?: string
}) {
  const id = useId()
  return (
    <div className={cn('flex min-h-6 items-start gap-2 pointer-coarse:min-h-12', className)}>
      <Radix.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={(value) => onChange(value === true)}
        aria-describedby={help ? `${id}-help` : undefined}
        className="grid size-6 shrink-0 place-items-center"
      >
        <span
          className={cn(
            'grid size-4 place-items-center rounded-sm border',
            checked ? 'border-button bg-button text-white' : 'border-edge bg-surface-1',
          )}
        >
          <Radix.Indicator>
            <Check size={12} strokeWidth={3} aria-hidden />
          </Radix.Indicator>
        </span>
      </Radix.Root>
      <div className="min-w-0 pt-0.5">
        <label htmlFor={id} className="text-ink-1">
          {label}
        </label>
        {help ? (
          <p id={`${id}-help`} className="text-caption text-ink-3">
            {help}
          </p>
        ) : null}
      </div>
    </div>
  )
}

'use client'

import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps, ReactNode } from 'react'
import { useId } from 'react'
import { cn } from './cn'
import { StateMark } from './state-mark'
import { Tooltip } from './tooltip'

const look = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-sm font-medium text-body transition-colors duration-120 ease-out aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-surface-2 aria-disabled:text-ink-3 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-button text-white hover:bg-[color-mix(in_srgb,var(--button)_88%,black)]',
        danger: 'bg-danger text-white hover:bg-[color-mix(in_srgb,var(--danger)_88%,black)]',
        plain: 'border border-edge bg-surface-1 text-ink-1 hover:bg-surface-2',
        quiet: 'text-ink-2 hover:bg-surface-2 hover:text-ink-1 aria-disabled:bg-transparent',
      },
      size: {
        md: 'h-control px-3',
        sm: 'h-6 px-2 text-caption pointer-coarse:h-control pointer-coarse:px-3',
        touch: 'h-12 px-4 text-prose',
      },
    },
    defaultVariants: { variant: 'plain', size: 'md' },
  },
)

export type ButtonLook = VariantProps<typeof look>

/** The look of a button for a link: `<Link className={buttonClass({ variant: 'primary' })}>`. */
export const buttonClass = (options: ButtonLook = {}, className?: string): string =>
  cn(look(options), className)

export type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> &
  ButtonLook & {
    icon?: ReactNode
    /** Why it cannot be pressed now: one sentence, shown on focus and hover. The button stays focusable. */
    disabledReason?: string | null
    /** It was pressed and is being carried out. */
    busy?: boolean
  }

/**
 * A verb and its object. There is no plain `disabled`: whoever cannot press it is told why.
 * `disabledReason` and `busy` suppress the click, also as a form's submit button.
 */
export function Button({
  variant,
  size,
  icon,
  disabledReason,
  busy = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const reasonId = useId()
  const inert = busy || Boolean(disabledReason)
  const button = (
    <button
      {...rest}
      type={type}
      aria-disabled={inert || undefined}
      aria-busy={busy || undefined}
      aria-describedby={disabledReason ? reasonId : rest['aria-describedby']}
      className={buttonClass({ variant, size }, className)}
      onClick={(event) => {
        if (inert) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {busy ? <StateMark state="work" className="after-300ms" /> : icon}
      {children}
      {disabledReason ? (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      ) : null}
    </button>
  )
  return disabledReason ? <Tooltip text={disabledReason}>{button}</Tooltip> : button
}

/** A square button with an icon alone; `label` is its name and its tip. */
export function IconButton({
  label,
  icon,
  className,
  disabledReason,
  size,
  ...rest
}: Omit<ButtonProps, 'children' | 'aria-label'> & { label: string; icon: ReactNode }) {
  const button = (
    <Button
      variant="quiet"
      {...rest}
      size={size}
      disabledReason={disabledReason}
      aria-label={label}
      icon={icon}
      className={cn(
        size === 'sm' ? 'w-6 px-0 pointer-coarse:w-control' : 'w-control px-0',
        className,
      )}
    />
  )
  return disabledReason ? button : <Tooltip text={label}>{button}</Tooltip>
}

'use client'

import type { ComponentProps, ReactNode } from 'react'
import { useId } from 'react'
import { type ButtonLook, buttonClass } from './button-class'
import { cn } from './cn'
import { StateMark } from './state-mark'
import { Tooltip } from './tooltip'

export { buttonClass }

export type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> &
  ButtonLook & {
    icon?: ReactNode
    /** Why it cannot be pressed now: one sentence, shown on focus, hover and press. The button stays focusable. */
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
  return disabledReason ? (
    <Tooltip text={disabledReason} pressed>
      {button}
    </Tooltip>
  ) : (
    button
  )
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

import { cva, type VariantProps } from 'class-variance-authority'
import { cn } from './cn'

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

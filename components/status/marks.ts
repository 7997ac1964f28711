import { type Html, html, trusted } from '@/lib/base/html'

export type Shape = 'ok' | 'work' | 'warn' | 'fail' | 'unknown' | 'hold'

/** The state shapes of the panel (components/ui/state-mark.tsx), once per page, used by reference. */
export const SPRITE: Html = trusted(
  [
    '<svg width="0" height="0" class="sprite" aria-hidden="true">',
    '<pattern id="hatch" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.2" height="3" fill="currentColor"/></pattern>',
    '<symbol id="m-ok" viewBox="0 0 14 14"><circle cx="7" cy="7" r="5" fill="currentColor"/></symbol>',
    '<symbol id="m-work" viewBox="0 0 14 14"><circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="2" opacity=".3"/><path d="M7 2a5 5 0 0 1 5 5" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></symbol>',
    '<symbol id="m-warn" viewBox="0 0 14 14"><path d="M7 2.2 12.6 12H1.4Z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/></symbol>',
    '<symbol id="m-fail" viewBox="0 0 14 14"><rect x="1.5" y="1.5" width="11" height="11" rx="1.5" fill="currentColor"/><path d="m4.5 4.5 5 5m0-5-5 5" stroke="var(--surface-1)" stroke-width="1.8" stroke-linecap="round"/></symbol>',
    '<symbol id="m-unknown" viewBox="0 0 14 14"><circle cx="7" cy="7" r="5" fill="url(#hatch)" stroke="currentColor" stroke-width="1.2"/></symbol>',
    '<symbol id="m-hold" viewBox="0 0 14 14"><rect x="3" y="2.5" width="3" height="9" rx="1" fill="currentColor"/><rect x="8" y="2.5" width="3" height="9" rx="1" fill="currentColor"/></symbol>',
    '</svg>',
  ].join(''),
)

/**
 * A state's shape. Beside it stands the shape of "unknown", which the style shows instead as soon as
 * the page is no longer kept current: nothing stays green when nobody looks.
 */
export const mark = (shape: Shape, size: 'small' | 'large' = 'small'): Html =>
  html`<svg class="mark ${shape} ${size}" data-state="${shape}" aria-hidden="true"><use class="now" href="#m-${shape}"/><use class="then" href="#m-unknown"/></svg>`

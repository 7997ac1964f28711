'use client'

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'

/** This near to the end counts as at the end, in pixels. */
const NEAR = 24

/**
 * Whether a log follows its end. Scrolling up stops it, scrolling down to the end starts it again;
 * only a person's own scrolling counts, not the list's.
 */
export function useFollow(scroller: RefObject<HTMLElement | null>, initially: boolean) {
  const [following, setFollowing] = useState(initially)
  const lastTop = useRef(0)
  const onScroll = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR
    const up = element.scrollTop < lastTop.current - 1
    lastTop.current = element.scrollTop
    if (atEnd) setFollowing(true)
    else if (up) setFollowing(false)
  }, [scroller])
  useEffect(() => {
    const element = scroller.current
    element?.addEventListener('scroll', onScroll, { passive: true })
    return () => element?.removeEventListener('scroll', onScroll)
  }, [scroller, onScroll])
  return [following, setFollowing] as const
}

import Link from 'next/link'
import type { ComponentProps } from 'react'

/** A link to a page of the rail: by the router, or by a full load where the page is not one of the frame's. */
export const PageLink = ({
  outside = false,
  href,
  ...rest
}: Omit<ComponentProps<'a'>, 'href'> & { href: string; outside?: boolean }) =>
  outside ? <a href={href} {...rest} /> : <Link href={href} {...rest} />

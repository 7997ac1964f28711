'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/states'
import { isCode, OIDC_PROBLEMS, oidcProblem } from './oidc-problems'

/** What went wrong on a round trip to the provider that began on this page; nothing otherwise. */
export function ProviderNotice() {
  const search = useSearchParams()
  const pathname = usePathname()
  const router = useRouter()
  const code = search.get('problem')
  if (code === null || !isCode(code)) return null
  if (!(code in OIDC_PROBLEMS) && !code.startsWith('oidc.')) return null
  const dismiss = () => {
    const rest = new URLSearchParams(search)
    rest.delete('problem')
    router.replace(rest.size > 0 ? `${pathname}?${rest}` : pathname, { scroll: false })
  }
  return (
    <div className="px-3 pt-4 sm:px-4">
      <ErrorState
        message={oidcProblem(code)}
        code={code}
        action={<Button onClick={dismiss}>Put away</Button>}
      />
    </div>
  )
}

'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { ConfirmProvider } from '@/components/account/use-confirmed'
import { Toasts } from '@/components/ui/toast'
import { TooltipProvider } from '@/components/ui/tooltip'
import { useTheme } from './theme'
import './style-nonce'

/**
 * What every page stands in. Answers stay fresh until a live message says otherwise, so nothing
 * polls; a lost socket refetches when it is back.
 */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(makeQueryClient)
  useTheme()
  useHydratedMark()
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <ConfirmProvider>{children}</ConfirmProvider>
        <Toasts />
      </TooltipProvider>
    </QueryClientProvider>
  )
}

const makeQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry: false, refetchOnWindowFocus: true },
      // What was typed and answered (passwords, tokens, links) is not kept after its form.
      mutations: { retry: false, gcTime: 0 },
    },
  })

/** Lets tests and the no-script hint know that the page answers to the person now. */
function useHydratedMark() {
  useEffect(() => {
    document.documentElement.dataset.ready = 'true'
  }, [])
}

'use client'

import { Page } from '@/components/frame/page'
import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/states'

/** A fault of ours on one page: the frame stays, and what runs on the hosts is not concerned. */
export default function PageFailed({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <Page title="This page failed">
      <ErrorState
        message="The page could not be drawn - a fault of the panel itself, not of your homelab - try again; if it stays, reload and report the words below."
        code="page.bug"
        quote={error.message}
        action={<Button onClick={reset}>Try again</Button>}
      />
    </Page>
  )
}

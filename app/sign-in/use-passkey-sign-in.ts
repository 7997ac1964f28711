'use client'

import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { askPasskey, canAutofill, wasTurnedDown } from '@/components/account/web-authn'
import { account } from '@/lib/api/client-account'
import type { SignInAnswer } from '@/lib/api/contract-account'

/**
 * Signing in with a passkey: by its button, and, where the browser can, from the list of the name
 * field, which waits from the start and gives way to the button. `error` is what went wrong with
 * either; that the person turned the browser's question down is not.
 */
export function usePasskeySignIn(onAnswer: (answer: SignInAnswer) => void) {
  const signIn = useMutation({ mutationFn: () => ask(false), onSuccess: onAnswer })
  const listError = usePasskeyList(onAnswer)
  const error = [signIn.error, listError].find((each) => each && !wasTurnedDown(each)) ?? null
  return { start: () => signIn.mutate(), isPending: signIn.isPending, error }
}

async function ask(autofill: boolean): Promise<SignInAnswer> {
  const { ticket, options } = await account.passkeyQuestion()
  const response = await askPasskey(options, autofill)
  return account.passkeySignIn({ ticket, response })
}

function usePasskeyList(onAnswer: (answer: SignInAnswer) => void): Error | null {
  const [error, setError] = useState<Error | null>(null)
  const latest = useRef(onAnswer)
  latest.current = onAnswer
  useEffect(() => {
    let gone = false
    const wait = async () => {
      if (!(await canAutofill()) || gone) return
      const answer = await ask(true)
      if (!gone) latest.current(answer)
    }
    wait().catch((thrown: unknown) => {
      if (!gone) setError(thrown instanceof Error ? thrown : new Error(String(thrown)))
    })
    return () => {
      gone = true
    }
  }, [])
  return error
}

import type { Metadata } from 'next'
import { SignIn } from './sign-in'

export const metadata: Metadata = { title: 'Sign in' }

type Query = { next?: string | string[]; problem?: string | string[] }

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { next, problem } = await searchParams
  return (
    <SignIn
      next={typeof next === 'string' ? next : null}
      problem={typeof problem === 'string' ? problem : null}
    />
  )
}

import { isCode, oidcProblem } from '@/components/people/oidc-problems'
import { ErrorState } from '@/components/ui/states'

/** Why the provider signed nobody in, by the code that the address holds. */
export const ProviderProblem = ({ code }: { code: string }) => (
  <ErrorState message={oidcProblem(code)} code={isCode(code) ? code : null} />
)

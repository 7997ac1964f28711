import { CodeLine } from '@/components/ui/copy'
import { WAYS_IN, type WayIn } from '@/lib/catalogue/ways-in'
import type { AddOnRow } from './add-on-view'
import type { ClusterCommands } from './cluster-commands'

/** How an add-on's pages are opened, with and without DNS, and where its password is. */
export function WaysIn({ row, commands }: { row: AddOnRow; commands: ClusterCommands | null }) {
  const ways = WAYS_IN[row.id] ?? []
  if (ways.length === 0) {
    return <p className="text-ink-2">It has no page of its own.</p>
  }
  if (!commands) {
    return <p className="text-ink-2">No control plane has an address yet, so nothing leads in.</p>
  }
  return ways.map((way) => <OneWay key={way.name} way={way} row={row} commands={commands} />)
}

function OneWay({ way, row, commands }: { way: WayIn; row: AddOnRow; commands: ClusterCommands }) {
  const host = way.hosted ? row.chosen?.context.addOn.host : undefined
  const scheme = row.chosen?.context.on.has('cert-manager') ? 'https' : 'http'
  const local = `http://127.0.0.1:${way.localPort}`
  return (
    <div className="mb-4 flex flex-col gap-2">
      <h4 className="font-medium">{way.name}</h4>
      {host ? (
        <p>
          <a
            href={`${scheme}://${host}`}
            rel="noreferrer"
            target="_blank"
            className="inline-flex min-h-6 items-center break-all font-mono text-work hover:underline"
          >
            {scheme}://{host}
          </a>
          <span className="block text-caption text-ink-2">
            Its name must lead to the address of the ingress; this says which that is:
          </span>
        </p>
      ) : null}
      {host ? (
        <CodeLine
          text={commands.kubectl('-n ingress-nginx get service ingress-nginx-controller')}
          label="Copy the command"
        />
      ) : null}
      <p>
        Without DNS: run this, then open <span className="font-mono">{local}</span>
      </p>
      <CodeLine text={commands.forward(way)} label="Copy the command" />
      {way.login ? (
        <>
          <p>
            Sign in as <span className="font-mono">{way.login.user}</span>; the password:
          </p>
          <CodeLine
            text={commands.kubectl(
              `-n ${way.login.secret.namespace} get secret ${way.login.secret.name} -o jsonpath={.data.${way.login.secret.key}} | base64 -d`,
            )}
            label="Copy the command"
          />
        </>
      ) : null}
      {way.note ? <p className="text-caption text-ink-2">{way.note}</p> : null}
    </div>
  )
}

import { createHash } from 'node:crypto'
import type { Trouble } from './trouble'

const STYLE = `
:root{color-scheme:light dark;--b:#F5F6F8;--p:#fff;--l:#D5DAE1;--t:#14181F;--d:#475262;--f:#B92B26;--a:#1B5FC4}
@media (prefers-color-scheme:dark){:root{--b:#0E1116;--p:#151A21;--l:#2B3440;--t:#E6EAF0;--d:#AAB4C0;--f:#FF7A70;--a:#2F6FE0}}
*{box-sizing:border-box}body{margin:0;background:var(--b);color:var(--t);font:14px/22px system-ui,sans-serif}
main{max-width:720px;margin:0 auto;padding:32px 16px}
h1{font-size:20px;line-height:28px;font-weight:600;margin:0 0 12px}h2{font-size:16px;line-height:24px;margin:24px 0 8px}
.what{border:1px solid var(--f);border-radius:6px;padding:12px 16px;background:var(--p)}
.what p{margin:0 0 4px}.what p:last-child{margin:0}code,pre{font:13px/20px ui-monospace,monospace}
.code{color:var(--d)}dl,ul{margin:0;padding:0;list-style:none}dt{color:var(--d);margin-top:8px}dd{margin:0}
pre{margin:4px 0 0;padding:8px 12px;border:1px solid var(--l);border-radius:4px;background:var(--p);white-space:pre-wrap;overflow-wrap:anywhere}
li{padding:4px 0;border-bottom:1px solid var(--l)}
button{min-height:48px;padding:0 20px;border:0;border-radius:4px;background:var(--a);color:#fff;font:600 14px/22px system-ui,sans-serif;cursor:pointer}
button:focus-visible{outline:2px solid var(--a);outline-offset:2px}.note{color:var(--d)}
`

/** No script, nothing from elsewhere, one style sheet named by its hash. */
export const TROUBLE_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Where its one button posts to. */
export const TRY_AGAIN = '/try-again'

/** So many backups are named; the command shows the rest. */
const SHOWN_BACKUPS = 10

/**
 * The page in place of the panel's own while it cannot start: what is wrong, why, what to do, and
 * the backups that there are. `hide` is a path that only the panel's own machine should see; null
 * there.
 */
export function troublePage(trouble: Trouble, hide: string | null): string {
  const shown = (text: string) => escaped(hide ? text.replaceAll(hide, 'the data folder') : text)
  const [what = '', ...rest] = trouble.message.split(' - ')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Drawbridge cannot start</title><style>${STYLE}</style></head>
<body><main>
<h1>Drawbridge cannot start</h1>
<div class="what" role="alert"><p><strong>${shown(what)}</strong></p>
${rest.map((part) => `<p>${shown(capital(part))}</p>`).join('\n')}
<p class="code"><code>${escaped(trouble.code)}</code></p></div>
<p>Your machines go on as they are: the panel only plans and watches them. Jobs that were running go on once it has started.</p>
${commandsPart(trouble, shown)}
${backupsPart(trouble)}
<h2>When it is mended</h2>
<form method="post" action="${TRY_AGAIN}"><button type="submit">Try again</button></form>
<p class="note">${trouble.passes ? 'It is also looked at again by itself every half minute.' : 'The panel may stay as it is while you do this: it holds nothing until it has started.'}</p>
</main></body></html>
`
}

function commandsPart({ commands }: Trouble, shown: (text: string) => string): string {
  if (commands.length === 0) return ''
  const rows = commands.map(
    (each) => `<dt>${escaped(each.for)}</dt><dd><pre>${shown(each.type)}</pre></dd>`,
  )
  return `<h2>At the panel’s own machine, in its folder</h2><dl>${rows.join('')}</dl>`
}

function backupsPart({ backups }: Trouble): string {
  if (backups.length === 0)
    return '<h2>Backups</h2><p>There is no backup in the data folder. Look where you keep others.</p>'
  const rows = backups.slice(0, SHOWN_BACKUPS).map(({ name, at }) => {
    const time = new Date(at).toISOString()
    return `<li><code>${escaped(name)}</code> <time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time></li>`
  })
  const more = backups.length - rows.length
  return `<h2>Backups</h2><ul>${rows.join('')}</ul>${more > 0 ? `<p>and ${more} more.</p>` : ''}`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter)

// `npm start`: makes sure that everything is installed and built, then runs the panel.
// This file alone has to be understood by any Node, down to 12, so that an old one is refused in
// one line instead of a syntax error. What it loads after the check is written for a current Node.
const WANTED = '^20.19 || >=22.12'

function accepts(version) {
  const [major, minor] = version.split('.').map(Number)
  if (major === 20) return minor >= 19
  if (major === 22) return minor >= 12
  return major > 22
}

if (accepts(process.versions.node)) {
  import('./start/main.mjs').then((start) => start.main(process.argv.slice(2)))
} else {
  console.error(
    `Drawbridge needs Node ${WANTED} - this is ${process.version} - install a current Node from https://nodejs.org and run this again.`,
  )
  process.exit(1)
}

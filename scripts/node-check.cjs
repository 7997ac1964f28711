// Ends the process with one line unless this Node can run the project. Understood by Node 12.
const WANTED = '^20.19 || >=22.12'

function accepts(version) {
  const [major, minor] = version.split('.').map(Number)
  if (major === 20) return minor >= 19
  if (major === 22) return minor >= 12
  return major > 22
}

if (!accepts(process.versions.node)) {
  console.error(
    `Drawbridge needs Node ${WANTED} - this is ${process.version} - install a current Node from https://nodejs.org and run this again.`,
  )
  process.exit(1)
}

module.exports = { accepts }

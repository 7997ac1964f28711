import { spawn } from 'node:child_process'
import { findTrouble, Trouble } from './trouble.mjs'

/** Of a failed tool's output; the end says why. */
const SHOWN_LINES = 300

/**
 * Runs one stage and shows it with its seconds. `work` may return a few words to show beside them.
 * @param {string} name
 * @param {() => Promise<string | undefined | void>} work
 */
export async function stage(name, work) {
  const began = performance.now()
  const live = process.stdout.isTTY === true
  process.stdout.write(live ? `  ${name.padEnd(10)} ...` : `  ${name} ...\n`)
  let word = 'failed'
  try {
    word = (await work()) ?? ''
  } finally {
    const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6)
    process.stdout.write(`${live ? '\r' : ''}  ${name.padEnd(10)} ${seconds} s  ${word}\n`)
  }
}

/**
 * Runs a tool to its end, keeping its output to itself unless it fails; then the output is shown
 * and a {@link Trouble} thrown that names what failed.
 * @param {string} doing such as "Building the pages"
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, limitMs?: number }} options `limitMs` ends it
 * @returns {Promise<string>} what the tool printed
 */
export async function runTool(doing, command, args, { cwd, env = process.env, limitMs }) {
  const plain = process.stdout.isTTY ? env : { ...env, NO_COLOR: '1' }
  const child = spawn(command, args, {
    cwd,
    env: plain,
    timeout: limitMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => child.kill('SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
  try {
    const { output, code } = await outputOf(child)
    if (code === 0) return output
    process.stderr.write(`\n${output.split('\n').slice(-SHOWN_LINES).join('\n').trim()}\n`)
    throw (
      findTrouble(doing, output, cwd) ??
      new Trouble(`${doing} failed - see the lines above (${code}) - mend it and run this again.`)
    )
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop)
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function outputOf(child) {
  return new Promise((resolve, reject) => {
    const pieces = []
    child.stdout?.on('data', (piece) => pieces.push(piece))
    child.stderr?.on('data', (piece) => pieces.push(piece))
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({ output: Buffer.concat(pieces).toString(), code: code ?? signal }),
    )
  })
}

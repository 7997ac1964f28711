// @ts-check
// Keeps the last answer of /status and what it needs, and shows it when the panel cannot be reached.
// The page itself says how old it is and shows nothing as all right then.
/** @typedef {{ request: Request, respondWith(answer: Promise<Response>): void, waitUntil(done: Promise<unknown>): void }} FetchEventLike */

const CACHE = 'drawbridge-status-1'
const PAGE = '/status'
const FILES = ['/status.js', '/icon.svg', '/icon-lab.svg', '/manifest.webmanifest']
/** An unreachable panel behind a slow network: the kept answer is shown after this long. */
const PATIENCE_MS = 6000

addEventListener('install', (event) => {
  const { waitUntil } = /** @type {any} */ (event)
  waitUntil.call(event, keepFiles())
})

addEventListener('activate', (event) => {
  const { waitUntil } = /** @type {any} */ (event)
  waitUntil.call(event, dropOldCaches())
})

addEventListener('fetch', (event) => {
  const fetching = /** @type {FetchEventLike} */ (/** @type {unknown} */ (event))
  const { pathname, origin } = new URL(fetching.request.url)
  if (origin !== location.origin || fetching.request.method !== 'GET') return
  if (pathname === PAGE) fetching.respondWith(page(fetching.request))
  else if (FILES.includes(pathname)) fetching.respondWith(file(fetching.request))
})

async function keepFiles() {
  const cache = await caches.open(CACHE)
  await cache.addAll(FILES)
  await /** @type {any} */ (globalThis).skipWaiting()
}

/** Pages that are open already are answered from here on as well, so that what they ask is kept. */
async function dropOldCaches() {
  await /** @type {any} */ (globalThis).clients.claim()
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('drawbridge-status-') && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
}

/**
 * The panel's answer, which is kept; the kept one only where the page is opened. The page's own
 * questions fail, so that it knows. A session that ended takes the kept answer along.
 * @param {Request} request
 */
async function page(request) {
  const cache = await caches.open(CACHE)
  const opens = request.mode === 'navigate'
  try {
    const answer = await (opens
      ? fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) })
      : fetch(request))
    if (answer.status === 200 && !answer.redirected) await cache.put(PAGE, answer.clone())
    if (answer.redirected || answer.type === 'opaqueredirect') await cache.delete(PAGE)
    return answer
  } catch (error) {
    const kept = opens ? await cache.match(PAGE) : undefined
    if (kept) return kept
    throw error
  }
}

/** @param {Request} request */
async function file(request) {
  const cache = await caches.open(CACHE)
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put(request, answer.clone())
    return answer
  } catch (error) {
    const kept = await cache.match(request)
    if (kept) return kept
    throw error
  }
}

// @ts-check
// Keeps /status current. The panel's socket says that something changed, this page asks for itself
// again and puts the parts that differ in their place. Without the socket it asks now and then;
// without an answer it says how old it is and shows nothing as all right.
;(() => {
  /** Engine.IO over a WebSocket, as much as listening needs: open, ping and pong, messages. */
  const SOCKET = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/socket.io/?EIO=4&transport=websocket`
  const CHANGED = /^42\["(jobs-changed|observed|revision)"/
  /** The server pings every 25 s; after this long without a word the socket is dead. */
  const SILENT_MS = 50_000
  const OLD_MS = 45_000
  /** A whole answer at least this often, so that the copy kept for offline is not old. */
  const WHOLE_MS = 5 * 60_000

  const root = document.documentElement
  const main = () => /** @type {HTMLElement} */ (document.querySelector('main'))
  const byId = (/** @type {string} */ id) =>
    /** @type {HTMLElement} */ (document.getElementById(id))

  let answeredAt = Number(main().dataset.at)
  let wholeAt = answeredAt
  let etag = ''
  let failures = 0
  let signedOut = false
  let live = false
  let asking = false
  let askAgain = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let next

  async function ask() {
    if (signedOut || document.hidden) return
    if (asking) {
      askAgain = true
      return
    }
    asking = true
    try {
      await fetchAnswer()
      failures = 0
    } catch {
      // What is wrong shows as the age of the answer; the next try follows below.
      failures += 1
    }
    asking = false
    show()
    plan(askAgain ? 500 : pauseMs())
    askAgain = false
  }

  async function fetchAnswer() {
    const whole = Date.now() - wholeAt > WHOLE_MS || etag === ''
    const answer = await fetch(location.pathname, {
      cache: 'no-store',
      redirect: 'manual',
      headers: whole ? {} : { 'if-none-match': etag },
      signal: AbortSignal.timeout(15_000),
    })
    if (answer.type === 'opaqueredirect') {
      signedOut = true
      return
    }
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      put(new DOMParser().parseFromString(await answer.text(), 'text/html'))
      etag = answer.headers.get('etag') ?? ''
      wholeAt = Date.now()
    }
    answeredAt = Date.now()
  }

  /** Milliseconds to the next question: often while a job runs, seldom while the socket tells. */
  function pauseMs() {
    if (failures > 0) return Math.min(60_000, 2000 * 2 ** (failures - 1))
    if (main().dataset.busy !== '0') return 4000
    return live ? 30_000 : 10_000
  }

  /** @param {number} ms */
  function plan(ms) {
    clearTimeout(next)
    next = setTimeout(ask, ms)
  }

  /** @param {Document} answer */
  function put(answer) {
    const before = document.querySelector('h1')?.textContent
    for (const part of answer.querySelectorAll('[data-part]')) {
      const old = document.querySelector(`[data-part="${part.getAttribute('data-part')}"]`)
      if (!old) continue
      const focused = old.contains(document.activeElement) ? document.activeElement : null
      old.replaceWith(part)
      refocus(part, focused)
    }
    const after = document.querySelector('h1')?.textContent ?? ''
    document.title = main().dataset.title ?? document.title
    if (after !== before) byId('said').textContent = after
  }

  /**
   * The link that had the focus has it again, if it is still there.
   * @param {Element} part
   * @param {Element | null} focused
   */
  function refocus(part, focused) {
    const href = focused?.getAttribute('href')
    if (!focused) return
    const links = [part, ...part.querySelectorAll('a')]
    const same = href === null ? part : links.find((link) => link.getAttribute('href') === href)
    if (same instanceof HTMLElement) same.focus({ preventScroll: true })
  }

  function show() {
    const age = Date.now() - answeredAt
    const old = signedOut || !navigator.onLine || age > OLD_MS
    root.toggleAttribute('data-old', old)
    const badge = byId('badge')
    const says = signedOut
      ? 'signed out'
      : live && failures === 0 && !old
        ? 'live'
        : failures > 0 || old
          ? `reconnecting, as of ${clock(answeredAt)}`
          : `as of ${clock(answeredAt)}`
    if (badge.textContent !== says) badge.textContent = says
    const note = document.querySelector('[data-old-note]')
    if (note && old) fill(note)
    for (const each of document.querySelectorAll('main time')) tell(each)
  }

  /** @param {Element} note */
  function fill(note) {
    const why = signedOut
      ? 'Your session ended.'
      : navigator.onLine
        ? 'The panel does not answer from here.'
        : 'This device is offline.'
    const text = `${why} This is how it was at ${clock(answeredAt)}, ${ago(answeredAt)}; how it is now is not known. `
    if (note.firstChild?.textContent === text) return
    note.textContent = text
    if (!signedOut) return
    const link = document.createElement('a')
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`
    link.textContent = 'Sign in'
    note.append(link)
  }

  /** @param {Element} element */
  function tell(element) {
    const at = Date.parse(element.getAttribute('datetime') ?? '')
    const text = ago(at)
    if (element.textContent !== text) element.textContent = text
    element.setAttribute('title', new Date(at).toLocaleString())
  }

  /** @param {number} at */
  function clock(at) {
    const date = new Date(at)
    const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    const today = date.toDateString() === new Date().toDateString()
    return today ? time : `${date.toLocaleDateString()} ${time}`
  }

  /** @param {number} at */
  function ago(at) {
    const s = Math.max(0, Math.round((Date.now() - at) / 1000))
    if (s < 10) return 'just now'
    if (s < 60) return `${s - (s % 10)} s ago`
    if (s < 3600) return `${Math.floor(s / 60)} min ago`
    return s < 86_400 ? `${Math.floor(s / 3600)} h ago` : `${Math.floor(s / 86_400)} d ago`
  }

  /** @param {number} tries */
  function listen(tries) {
    const socket = new WebSocket(SOCKET)
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let silent
    let heard = 0
    socket.onmessage = ({ data }) => {
      clearTimeout(silent)
      silent = setTimeout(() => socket.close(), SILENT_MS)
      const text = String(data)
      if (text[0] === '0') socket.send('40')
      else if (text === '2') socket.send('3')
      else if (text.startsWith('40')) {
        heard += 1
        live = true
        void ask()
      } else if (text.startsWith('44')) {
        // Not let in: asking tells whether the session ended.
        socket.close()
        void ask()
      } else if (CHANGED.test(text)) void ask()
    }
    socket.onclose = () => {
      clearTimeout(silent)
      live = false
      show()
      const after = heard > 0 ? 0 : tries
      setTimeout(
        () => (signedOut ? undefined : listen(after + 1)),
        Math.min(60_000, 1000 * 2 ** after),
      )
      if (heard > 0) void ask()
    }
  }

  const wake = () => {
    show()
    void ask()
  }
  document.addEventListener('visibilitychange', wake)
  addEventListener('online', wake)
  addEventListener('offline', show)
  addEventListener('pageshow', wake)
  setInterval(show, 5000)
  listen(0)
  if (isSecureContext && 'serviceWorker' in navigator)
    navigator.serviceWorker.register('/status-worker.js', { scope: '/status' }).catch((error) => {
      console.error('The copy for offline could not be set up.', error)
    })
})()

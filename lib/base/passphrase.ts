/** Whoever finds the sheet can guess for years: that many words, or that many characters. */
const WORDS = 6
const CHARACTERS = 16

/**
 * Why a passphrase would not protect a recovery kit, null if it is good: six different words or 16
 * characters of which at least eight differ. For the page and for the worker alike.
 */
export function whyWeak(passphrase: string): string | null {
  const text = passphrase.trim()
  if (text !== passphrase)
    return 'The passphrase begins or ends with a space - on paper nobody sees it - leave it out.'
  const words = new Set(text.toLowerCase().split(/\s+/))
  const characters = new Set(text)
  if (text.length < CHARACTERS && words.size < WORDS)
    return `The passphrase is too short - whoever finds the kit can try for years - take ${WORDS} words, or ${CHARACTERS} characters.`
  if (characters.size < CHARACTERS / 2)
    return `The passphrase repeats itself - it is guessed in no time - take ${WORDS} different words.`
  return null
}

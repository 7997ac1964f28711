import { pageNonce } from '@/components/frame/page-nonce'

/**
 * Runs what adds `<style>` elements and knows no nonce: those that it makes while it runs carry the
 * page's, without which the Content-Security-Policy drops them. xterm.js 6.0 makes one of its three
 * through the global document even where it was given another one (`documentOverride`).
 */
export function withStyleNonce(run: () => void): void {
  const nonce = pageNonce()
  const create = document.createElement
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create.call(document, name, options)
    if (nonce && name === 'style') element.nonce = nonce
    return element
  }) as typeof create
  try {
    run()
  } finally {
    // What stood in front of the prototype's own goes.
    Reflect.deleteProperty(document, 'createElement')
  }
}

import { pageNonce } from '@/components/frame/page-nonce'

/**
 * The page's document for a library that adds `<style>` elements and knows no nonce: those that it
 * makes through this one carry the page's, without which the Content-Security-Policy drops them.
 */
export function nonceDocument(): Document {
  const nonce = pageNonce()
  return new Proxy(document, {
    get(target, key) {
      if (key === 'createElement')
        return (name: string, options?: ElementCreationOptions) => {
          const element = target.createElement(name, options)
          if (nonce && name === 'style') element.nonce = nonce
          return element
        }
      const value = Reflect.get(target, key, target) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  })
}

import { setNonce } from 'get-nonce'
import { pageNonce } from './page-nonce'

// Dialogs keep the page from scrolling by a <style> of their own; this is how Radix is told.
const nonce = pageNonce()
if (nonce) setNonce(nonce)

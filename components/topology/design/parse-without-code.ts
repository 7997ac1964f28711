import { z } from 'zod'

// In a browser the schemas are walked, not compiled: the page's policy lets no text become code,
// and trying it would be reported as an attack. A schema decides when it is made, so this has to be
// loaded before the first one. The server keeps the faster way.
if (typeof document !== 'undefined') z.config({ jitless: true })

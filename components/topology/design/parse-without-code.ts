import { z } from 'zod'

// In a browser the schemas are walked, not compiled: the page's policy lets no text become code,
// and trying it would be reported as an attack. The server keeps the faster way.
if (typeof document !== 'undefined') z.config({ jitless: true })

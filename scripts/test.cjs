// `npm test`: everything, on a fresh clone too. See scripts/test/main.mjs.
require('./node-check.cjs')

import('./test/main.mjs').then((test) => test.main())

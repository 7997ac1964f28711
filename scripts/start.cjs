// `npm start`: makes sure that everything is installed and built, then runs the panel.
// This file and the check have to be understood by any Node, down to 12, so that an old one is
// refused in one line instead of a syntax error. What is loaded then is for a current Node.
require('./node-check.cjs')

import('./start/main.mjs').then((start) => start.main(process.argv.slice(2)))

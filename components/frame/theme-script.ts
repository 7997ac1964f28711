/** Where the person's choice is kept: `system`, `dark` or `light`. */
export const THEME_KEY = 'theme'

/**
 * Runs before the first paint, so that no page flashes in the wrong theme. Inlined into <head>;
 * plain old JavaScript, and silent where storage is refused.
 */
export const THEME_SCRIPT = `(function(){var c='system';try{c=localStorage.getItem('${THEME_KEY}')||c}catch(e){}var d=c==='system'?matchMedia('(prefers-color-scheme: light)').matches?'light':'dark':c;document.documentElement.dataset.theme=d})()`

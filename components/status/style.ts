/** Colours of ux.md, the same as app/globals.css; this page loads no stylesheet of the panel. */
const DARK =
  '--surface-0:#0e1116;--surface-1:#151a21;--surface-2:#1d242d;--line:#2b3440;--edge:#667486;--ink-1:#e6eaf0;--ink-2:#aab4c0;--ink-3:#8a96a5;--ok:#4cc38a;--work:#6aa9ff;--warn:#e5b454;--fail:#ff7a70;--unknown:#9aa5b1;--button:#2f6fe0;color-scheme:dark'
const LIGHT =
  '--surface-0:#f5f6f8;--surface-1:#fff;--surface-2:#eceff3;--line:#d5dae1;--edge:#7d8794;--ink-1:#14181f;--ink-2:#475262;--ink-3:#5f6b7a;--ok:#17713f;--work:#1b5fc4;--warn:#855300;--fail:#b92b26;--unknown:#5a6573;--button:#1b5fc4;color-scheme:light'

/** The page's whole style, inlined so that one answer shows everything. */
export const STYLE = `
:root{${DARK}}
@media(prefers-color-scheme:light){:root:not([data-theme=dark]){${LIGHT}}}
:root[data-theme=light]{${LIGHT}}
*{box-sizing:border-box;margin:0}
html{-webkit-text-size-adjust:100%;scrollbar-gutter:stable;background:var(--surface-0)}
body{background:var(--surface-0);color:var(--ink-1);font:14px/22px system-ui,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word;padding-bottom:calc(64px + env(safe-area-inset-bottom))}
a{color:inherit;text-decoration:none}
:focus-visible{outline:2px solid var(--work);outline-offset:2px;border-radius:4px}
ul,ol{list-style:none;padding:0}
h1{font-size:22px;line-height:30px;font-weight:600;text-wrap:pretty}
h2{font-size:14px;line-height:22px;font-weight:600;margin:0 0 4px}
.sprite,.skip{position:absolute}
.skip{left:8px;top:-60px;z-index:3;background:var(--button);color:#fff;padding:12px 16px;border-radius:4px}
.skip:focus{top:8px}
.top{position:sticky;top:0;z-index:2;display:flex;align-items:center;gap:4px;min-height:48px;padding:0 12px;background:var(--surface-1);border-bottom:1px solid var(--line)}
.top a{display:inline-flex;align-items:center;gap:8px;min-height:48px;padding:0 8px}
.top a:hover,.bar a:hover,.rows a:hover{background:var(--surface-2)}
.home{font-weight:600;margin-right:auto}
.wide{display:none!important}
.badge{display:inline-flex;align-items:center;gap:6px;min-height:24px;padding:0 8px;border:1px solid var(--line);border-radius:4px;font-size:12px;line-height:16px;color:var(--ink-2);white-space:nowrap}
main{padding:20px 12px 24px;max-width:1120px;margin:0 auto}
.mark{flex:none;width:14px;height:14px;margin-top:4px}
.mark.large{width:24px;height:24px;margin-top:3px}
.ok{color:var(--ok)}.work{color:var(--work)}.warn{color:var(--warn)}.fail{color:var(--fail)}.unknown,.hold{color:var(--unknown)}
.mark .then{display:none}
[data-old] .mark .now{display:none}
[data-old] .mark .then{display:inline}
[data-old] .mark{color:var(--unknown)}
.hatched,[data-old] .answer,[data-old] .badge{background-image:repeating-linear-gradient(135deg,color-mix(in srgb,var(--unknown) 22%,transparent) 0 2px,transparent 2px 6px)}
.answer{border:1px solid var(--line);border-left:4px solid currentColor;border-radius:6px;background-color:var(--surface-1)}
[data-old] .answer{border-left-color:var(--unknown)}
.answer>*{color:var(--ink-1)}
.sentence{display:flex;gap:12px;padding:16px}
.old{display:none;margin:0 16px 16px;padding:8px 12px;border:1px solid var(--unknown);border-radius:4px;background:var(--surface-1)}
[data-old] .old{display:block}
.old a{text-decoration:underline}
dl{margin:0 16px 12px;border-top:1px solid var(--line)}
dl div{display:grid;grid-template-columns:104px minmax(0,1fr);gap:12px;padding:8px 0;border-bottom:1px solid var(--line)}
dl div:last-child{border-bottom:0}
dt{color:var(--ink-2)}
.plain{color:var(--ink-2);margin:0 16px 16px}
.act{display:flex;align-items:center;justify-content:center;min-height:48px;margin:0 16px 16px;padding:8px 20px;border-radius:4px;background:var(--button);color:#fff;font-weight:500}
section{margin-top:24px;min-width:0}
.rows{border:1px solid var(--line);border-radius:6px;background:var(--surface-1)}
.rows>li+li{border-top:1px solid var(--line)}
.rows>li>a,.cause{display:flex;align-items:flex-start;gap:10px;min-height:48px;padding:12px}
.rows p,.rows .note{color:var(--ink-2);font-size:12px;line-height:16px}
.grow{flex:1;min-width:0}
.right{text-align:right;white-space:nowrap}
.topology{padding:4px 12px 12px}
.topology .name{display:flex;align-items:center;gap:8px;min-height:48px;font-weight:500}
.topology .name a{display:inline-flex;align-items:center;min-height:48px;text-decoration:underline;text-decoration-color:var(--edge);text-underline-offset:3px}
.counts{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:8px}
.counts a{display:block;min-height:56px;padding:6px 8px;border:1px solid var(--line);border-radius:4px}
.counts b{display:flex;gap:5px;font-size:14px;font-weight:600;line-height:24px;white-space:nowrap}
.counts span,.seen{display:block;color:var(--ink-2);font-size:12px;line-height:16px}
.seen{margin-top:8px}
.lab{font-size:12px;line-height:16px;font-weight:600;padding:3px 8px;border:1px solid var(--warn);border-radius:4px;background-image:repeating-linear-gradient(135deg,color-mix(in srgb,var(--warn) 24%,transparent) 0 4px,transparent 4px 8px)}
.bar{position:fixed;inset:auto 0 0;z-index:2;display:flex;background:var(--surface-1);border-top:1px solid var(--line);padding-bottom:env(safe-area-inset-bottom)}
.bar>*{flex:1;min-width:0}
.bar>a,.bar summary{display:flex;flex-direction:column;align-items:center;justify-content:center;gap:2px;width:100%;height:56px;font-size:12px;line-height:16px;color:var(--ink-2);cursor:pointer;list-style:none}
.bar summary::-webkit-details-marker{display:none}
.bar svg{width:18px;height:18px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.bar a[aria-current]{color:var(--work)}
.bar .waits{color:var(--warn)}
.more ul{position:absolute;right:8px;bottom:calc(64px + env(safe-area-inset-bottom));min-width:240px;max-height:70vh;overflow-y:auto;padding:4px;background:var(--surface-1);border:1px solid var(--edge);border-radius:6px;box-shadow:0 8px 28px rgb(0 0 0/.28)}
.more li a{display:flex;align-items:center;min-height:48px;padding:0 12px;border-radius:4px}
.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
code{font-family:ui-monospace,monospace;font-size:12px}
@media(max-width:639px){.act{position:sticky;bottom:calc(64px + env(safe-area-inset-bottom));box-shadow:0 8px 28px rgb(0 0 0/.28)}}
@media(max-width:639px){.counts{gap:6px}.counts a{padding:6px}}
@media(min-width:640px){body{padding-bottom:0}.bar{display:none}.wide{display:inline-flex!important}main{padding:24px 16px}h1{font-size:28px;line-height:38px}.mark.large{width:28px;height:28px;margin-top:5px}.act{display:inline-flex;min-width:240px}}
@media(min-width:960px){main{display:grid;grid-template-columns:minmax(0,1fr) 380px;gap:0 32px;align-items:start}main>.evidence>section:first-child{margin-top:0}}
@media(prefers-reduced-motion:no-preference){.old{animation:appear .18s ease-out}@keyframes appear{from{opacity:0}}}
`.replaceAll('\n', '')

/** The trust page's look, in the panel's colours (components/status/style.ts has the same). */
export const TRUST_STYLE = `:root{color-scheme:dark light;--bg:#0e1116;--card:#151a21;--line:#2b3440;--edge:#667486;--t1:#e6eaf0;--t2:#aab4c0;--work:#6aa9ff;--button:#2f6fe0}
@media (prefers-color-scheme:light){:root{--bg:#f5f6f8;--card:#fff;--line:#d5dae1;--edge:#7d8794;--t1:#14181f;--t2:#475262;--work:#1b5fc4;--button:#1b5fc4}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--t1);font:14px/22px system-ui,sans-serif}
main{max-width:72ch;margin:0 auto;padding:24px 16px 64px}
h1{font-size:20px;line-height:28px;margin:0 0 8px}
h2{font-size:16px;line-height:24px;margin:32px 0 8px}
.lead{font-size:16px;line-height:24px;color:var(--t2)}
a{color:var(--work)}
.button{display:inline-block;background:var(--button);color:#fff;text-decoration:none;padding:11px 16px;border-radius:4px;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--work);outline-offset:2px}
code{font:13px/20px ui-monospace,monospace;overflow-wrap:anywhere}
.print{font-size:14px}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:12px 16px;margin:12px 0}
dt{color:var(--t2)}dd{margin:0;overflow-wrap:anywhere}
details{border:1px solid var(--line);border-radius:6px;background:var(--card);margin:8px 0;padding:0 16px}
summary{padding:13px 0;cursor:pointer;font-weight:500}
li{margin:0 0 8px}
.phone{display:flex;flex-wrap:wrap;gap:16px;align-items:center}.phone p{flex:1 1 30ch}
.qr{background:#fff;border-radius:6px;line-height:0}.qr svg{width:180px;height:180px}`

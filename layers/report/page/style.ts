/** The page's style sheet. Its digest is part of the page's security policy, so nothing is styled by attribute. */
export const styleSheet = `
:root{color-scheme:light dark;--paper:#fff;--sheet:#f6f7f8;--ink:#16191d;--soft:#545c66;--line:#dfe3e7;--link:#0b57a4;
--failed:#b3261e;--error:#96480a;--not_reviewed:#5a45a8;--passed:#17693b;--not_applicable:#5b646e;--on:#fff}
@media (prefers-color-scheme:dark){
:root{--paper:#121417;--sheet:#1a1d21;--ink:#e7e9ec;--soft:#a3abb5;--line:#2d3238;--link:#8cbcf5;
--failed:#ff8f85;--error:#f2a65a;--not_reviewed:#b9a8ff;--passed:#6fce97;--not_applicable:#9aa3ad;--on:#121417}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:5rem}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:62rem;margin:0 auto;padding:3.5rem 1.5rem 6rem}
h1,h2,h3,h4,h5,p,dl,dd,ul,table,pre{margin:0;padding:0}
h1,h2,h3{letter-spacing:-.012em;text-wrap:balance}
code,pre,.id{font-family:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;font-size:.86em}
a{color:var(--link);text-underline-offset:.18em}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
.symbols{position:absolute}
.icon{flex:none;width:1em;height:1em;vertical-align:-.12em}
.cut{fill:none;stroke:var(--paper);stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.failed>.icon,.icon.failed,.failed .word{color:var(--failed)}
.error>.icon,.icon.error,.error .word{color:var(--error)}
.not_reviewed>.icon,.icon.not_reviewed,.not_reviewed .word{color:var(--not_reviewed)}
.icon.passed{color:var(--passed)}
.icon.not_applicable{color:var(--not_applicable)}
.kicker{font-weight:650;letter-spacing:-.01em}
.kicker span{font-weight:400;color:var(--soft);margin-left:.4em}
.where{margin-top:2.75rem;color:var(--soft)}
.where b{color:var(--ink);font-weight:600}
h1{display:flex;gap:.45em;align-items:flex-start;margin-top:.35rem;font-size:clamp(1.75rem,4.6vw,2.6rem);line-height:1.18;font-weight:680}
h1 .icon{width:.8em;height:.8em;margin-top:.2em}
.lead{display:grid;grid-template-columns:12rem minmax(0,1fr);gap:2rem 3rem;margin-top:2.25rem;padding-top:1.75rem;border-top:1px solid var(--line)}
.score b{display:block;font-size:2.1rem;line-height:1.1;font-weight:600;font-variant-numeric:tabular-nums;letter-spacing:-.02em}
.score span{display:block;margin-top:.35rem;line-height:1.4;color:var(--soft);font-size:.9rem}
.facts{display:grid;gap:.55rem}
.lead code{font-size:.8em}
.facts div{display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:.1rem 1rem;font-size:.9375rem}
dt{color:var(--soft)}
section{margin-top:4rem}
h2{font-size:1.45rem;line-height:1.25;font-weight:650}
.quiet{font-size:1.05rem}
.intro{color:var(--soft);margin-top:.3rem}
.count{font-weight:400;color:var(--soft);font-variant-numeric:tabular-nums;margin-left:.3em}
.bar{display:block;width:100%;height:.875rem;margin:1rem 0 1.5rem;border-radius:.25rem}
.bar .failed{fill:var(--failed)}
.bar .error{fill:var(--error)}
.bar .not_reviewed{fill:var(--not_reviewed)}
.bar .passed{fill:var(--passed)}
.bar .not_applicable{fill:var(--not_applicable)}
.counts{width:100%;table-layout:fixed;border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums}
.counts thead td{width:34%}
.counts caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.counts th,.counts td{padding:.5rem 0 .5rem .75rem;text-align:right;vertical-align:middle;font-weight:400;border-bottom:1px solid var(--line)}
.counts thead th,.counts thead td{color:var(--soft);font-size:.8125rem;padding-top:0}
.counts th[scope=row]{text-align:left;padding-left:0}
.counts th a,.counts .word{display:flex;gap:.55em;align-items:center;color:inherit;text-decoration:none}
.counts th a:hover span{text-decoration:underline}
.counts .total{font-weight:650}
.counts .zero{color:var(--soft)}
summary{cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
.group{margin-top:2rem}
.group>summary,.fold>summary{display:flex;align-items:center;justify-content:space-between;gap:1rem;padding:.35rem 0 .6rem;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem;font-weight:650}
summary::after{content:"";flex:none;width:.5rem;height:.5rem;margin:0 .35rem;border:solid var(--soft);border-width:0 1.5px 1.5px 0;transform:rotate(45deg)}
details[open]>summary::after{transform:rotate(225deg);margin-top:.35rem}
.control{border-bottom:1px solid var(--line)}
.control>summary{display:flex;gap:.85rem;padding:1rem 0;align-items:flex-start}
.control>summary>.icon{margin-top:.22rem}
.control>summary::after{margin-top:.35rem}
.control[open]>summary::after{margin-top:.6rem}
h4{flex:1;min-width:0;font-weight:400}
h4 .meta{display:flex;flex-wrap:wrap;gap:.1rem .55rem;align-items:baseline;color:var(--soft);font-size:.875rem}
h4 .word{font-weight:600}
h4 .title{display:block;margin-top:.1rem;font-weight:600;line-height:1.4}
summary:hover .title{text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.2em}
.badge{display:inline-block;padding:0 .5em;border:1px solid var(--line);border-radius:1em;background:var(--sheet);color:var(--ink);font-size:.8125rem}
.body{display:grid;gap:1rem;padding:0 2.2rem 1.75rem 1.85rem}
.body>*{min-width:0}
.reason,.more,.check{color:var(--soft);font-size:.9rem}
.check{margin-bottom:-.65rem}
pre{max-height:24rem;overflow:auto;padding:.85rem 1rem;border-left:3px solid var(--line);background:var(--sheet);border-radius:0 .35rem .35rem 0;white-space:pre-wrap;line-height:1.5;tab-size:4}
.failed pre{border-color:var(--failed)}
.error pre{border-color:var(--error)}
.not_reviewed pre{border-color:var(--not_reviewed)}
h5{font-size:.875rem;font-weight:600;color:var(--soft)}
.passage p{margin-top:.15rem;max-width:44rem;white-space:pre-line}
.asides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1rem 2.5rem;font-size:.9375rem}
.waiver{padding:.7rem 1rem;background:var(--sheet);border-radius:.35rem;font-size:.9375rem}
.tags{display:flex;flex-wrap:wrap;gap:.35rem 2rem;font-size:.875rem}
.tags div{display:flex;gap:.5em}
.lines{list-style:none}
.lines li{display:flex;gap:.85rem;padding:.7rem 0;border-bottom:1px solid var(--line)}
.lines .icon{margin-top:.25rem}
.lines li>div{min-width:0;flex:1}
.lines .meta{display:flex;flex-wrap:wrap;gap:.1rem .75rem;align-items:baseline}
.lines .level{color:var(--soft);font-size:.875rem}
.lines .id{color:var(--soft)}
.lines .waiver{margin-top:.5rem}
section:has(>.fold)+section:has(>.fold){margin-top:1.5rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:2.5rem 3rem;margin-top:1.5rem}
.columns h3{margin-bottom:.75rem}
.columns .facts div{font-size:.875rem;grid-template-columns:9rem minmax(0,1fr)}
.files{display:flex;flex-wrap:wrap;gap:.5rem 1.75rem;margin-top:2.5rem;padding-top:1.25rem;border-top:1px solid var(--line)}
.files+.more{margin-top:1rem}
details:has(>:target)>summary{background:var(--sheet)}
@media (max-width:44rem){
main{padding:2rem 1.125rem 4rem}
.lead{grid-template-columns:1fr}
.where{margin-top:1.75rem}
section{margin-top:3rem}
.facts div,.columns .facts div{grid-template-columns:1fr;gap:0}
.body{padding:0 0 1.5rem}
.counts{table-layout:auto;font-size:.8125rem;overflow-wrap:normal}
.counts thead td{width:auto}
.counts th,.counts td{padding-left:.35rem}
.counts thead th{font-size:.6875rem}}
@media print{
:root{--paper:#fff;--sheet:#fff;--ink:#000;--soft:#444;--line:#bbb;--link:#000;--failed:#b3261e;--error:#96480a;--not_reviewed:#5a45a8;--passed:#17693b;--not_applicable:#5b646e}
html{font-size:10pt}
main{max-width:none;padding:0}
section{margin-top:1.5rem}
details::details-content{content-visibility:visible;display:block;block-size:auto}
summary::after{display:none}
summary,h2,h3,pre,tr,.lines li{break-inside:avoid}
summary,h2,h3{break-after:avoid}
pre{max-height:none;overflow:visible}
*{print-color-adjust:exact}}
`;

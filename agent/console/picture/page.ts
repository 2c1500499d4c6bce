// The look of a report that is one file.

/** Light or dark, as the reader's machine is. */
export const PAGE = `
:root{color-scheme:light dark;--fg:#1c2430;--soft:#5d6875;--line:#e3e7ec;--bg:#fff;--good:#1f7a49;--warn:#8f5c10;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--fg:#e6eaf0;--soft:#9aa6b4;--line:#2b333d;--bg:#12171d;--good:#5cc48a;--warn:#e0b04c;--bad:#ff7b70}}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:720px;margin:0 auto;padding:24px 20px 64px}h1{font-size:26px;margin:0}h2{font-size:18px;margin:40px 0 8px;border-top:1px solid var(--line);padding-top:20px}
p{margin:8px 0}.soft,figcaption{color:var(--soft)}figure{margin:12px 0}figcaption{font-size:13px}svg{max-width:100%;height:auto}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}th,td{padding:4px 8px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}th:first-child,td:first-child{text-align:left}th{color:var(--soft);font-weight:500}
.green{color:var(--good)}.yellow{color:var(--warn)}.red{color:var(--bad)}.unjudged{color:var(--soft)}dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:16px 0}dt{color:var(--soft)}dd{margin:0}.verdict{font-size:18px;font-weight:600}
`

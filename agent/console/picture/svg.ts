// Pictures as text: one SVG from a list of marks. No script, no network, colours that follow the reader's light or dark.

/** Escapes what stands between tags or in an attribute. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Classes that a mark may wear; a stylesheet gives them colours. */
export type Tone = 'one' | 'two' | 'three' | 'four' | 'muted' | 'good' | 'warn' | 'bad' | 'rule'

/** A number as SVG writes it: short, and the same on every machine. */
export const n = (value: number): string => String(Math.round(value * 100) / 100)

/** Colours by tone, light and dark. Told apart by lightness as well as by hue. */
export const STYLE = `
svg{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;--fg:#1c2430;--soft:#5d6875;--grid:#e3e7ec;--bg:#fff;--one:#1f5fbf;--two:#c2571a;--three:#2c8a57;--four:#8646b0;--good:#2c8a57;--warn:#b7791f;--bad:#c0342b}
svg text{fill:var(--fg)}svg .soft{fill:var(--soft)}svg .head{font-weight:600;font-size:13px}
svg .bg{fill:var(--bg)}svg .grid{stroke:var(--grid);stroke-width:1;fill:none}svg .axis{stroke:var(--soft);stroke-width:1;fill:none}
svg .fill-one{fill:var(--one)}svg .fill-two{fill:var(--two)}svg .fill-three{fill:var(--three)}svg .fill-four{fill:var(--four)}svg .fill-muted{fill:var(--grid)}svg .fill-good{fill:var(--good)}svg .fill-warn{fill:var(--warn)}svg .fill-bad{fill:var(--bad)}svg .fill-rule{fill:var(--soft)}
svg .line-one,svg .line-two,svg .line-three,svg .line-four,svg .line-muted,svg .line-good,svg .line-warn,svg .line-bad,svg .line-rule{fill:none;stroke-width:2;stroke-linejoin:round}
svg .line-one{stroke:var(--one)}svg .line-two{stroke:var(--two)}svg .line-three{stroke:var(--three)}svg .line-four{stroke:var(--four)}svg .line-muted{stroke:var(--soft)}svg .line-good{stroke:var(--good)}svg .line-warn{stroke:var(--warn)}svg .line-bad{stroke:var(--bad)}svg .line-rule{stroke:var(--soft);stroke-dasharray:5 4;stroke-width:1.5}
@media (prefers-color-scheme:dark){svg{--fg:#e6eaf0;--soft:#9aa6b4;--grid:#2b333d;--bg:#12171d;--one:#6ea8ff;--two:#f0934e;--three:#5cc48a;--four:#c391ea;--good:#5cc48a;--warn:#e0b04c;--bad:#ff7b70}}`

/** A whole picture with a title that screen readers read. `alone`: it brings its own colours. */
export function picture(
  { width, height, title, about }: { width: number; height: number; title: string; about: string },
  marks: readonly string[],
  alone = false,
): string {
  const style = alone ? `<style>${STYLE}</style>` : ''
  const id = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-t ${id}-d">`,
    `<title id="${id}-t">${escaped(title)}</title><desc id="${id}-d">${escaped(about)}</desc>${style}`,
    `<rect class="bg" width="${width}" height="${height}"/>`,
    ...marks,
    '</svg>',
    '',
  ].join('\n')
}

/** Words at a place. */
export const words = (
  x: number,
  y: number,
  text: string,
  { anchor = 'start', tone = '' }: { anchor?: 'start' | 'middle' | 'end'; tone?: '' | 'soft' | 'head' } = {},
): string =>
  `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}"${tone === '' ? '' : ` class="${tone}"`}>${escaped(text)}</text>`

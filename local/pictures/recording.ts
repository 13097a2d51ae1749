import type { Part, Style } from '../terminal/print.ts';

/** A line of the recording, and the second at which it appears. */
export interface Shown {
  parts: readonly Part[];
  at: number;
  /** The second at which the line is gone again, as a progress line is. */
  until?: number;
}

const COLUMNS = 80;
const ROWS = 24;
const CHARACTER = 8.4;
const LINE = 19;
const PADDING = 14;
/** Seconds for which the whole is shown before it begins again. */
const REST = 12;

const COLOURS: Partial<Record<string, string>> = {
  dim: '#8b949e',
  red: '#ff7b72',
  green: '#56d364',
  yellow: '#e3b341',
  cyan: '#79c0ff',
};

/** A terminal of 80 columns and 24 rows as an animated SVG, which needs no script. Who wants no motion sees its end. */
export function recordingOf(lines: readonly Shown[]): string {
  const width = COLUMNS * CHARACTER + 2 * PADDING;
  const height = ROWS * LINE + 2 * PADDING;
  const length = Math.max(...lines.map(({ at }) => at)) + REST;
  const share = (seconds: number) => `${((100 * seconds) / length).toFixed(2)}%`;
  const rules = lines.map(
    ({ at, until = length }, i) =>
      `@keyframes l${i}{0%{opacity:0}${share(at)}{opacity:1}${until < length ? `${share(until)}{opacity:0}` : ''}}` +
      `.l${i}{animation:l${i} ${length}s steps(1,end) infinite}`,
  );
  let row = 0;
  const texts = lines.map(({ parts, until }, i) => {
    const y = PADDING + LINE * (row + 0.75);
    if (until === undefined) row++;
    return `<text class="l${i}${until === undefined ? '' : ' gone'}" x="${PADDING}" y="${y}" xml:space="preserve">${parts.map(tspan).join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A rehearsal in a terminal">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3}
${rules.join('\n')}
@media (prefers-reduced-motion:reduce){text{animation:none!important}.gone{display:none}}</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${texts.join('\n')}
</svg>
`;
}

function tspan(part: Part): string {
  const [style, text] = typeof part === 'string' ? [undefined, part] : part;
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  // Fonts differ in width: each part is as wide as its characters are here.
  const size = `textLength="${(text.length * CHARACTER).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
  return text ? `<tspan ${size}${looks(style)}>${escaped}</tspan>` : '';
}

function looks(style: Style | undefined): string {
  const styles = [style ?? []].flat().map(String);
  const colour = styles.map(name => COLOURS[name]).find(found => found !== undefined);
  return `${colour ? ` fill="${colour}"` : ''}${styles.includes('bold') ? ' font-weight="bold"' : ''}`;
}

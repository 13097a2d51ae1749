import { renderer } from '../lambda/domain/kernel/templates.ts';
import { renderSite } from '../lambda/domain/status-page/render-site.ts';
import { readFolders } from '../lib/platform/templates.ts';
import { busySite } from '../test/support/status-page.ts';

/** Milliseconds. */
const LIMIT = 1000;
const INCIDENTS = 500;
const RUNS = 20;

const input = busySite(INCIDENTS);
const templates = readFolders('status-page');

/** As a function does it: the first time with templates that are yet to be parsed, then again with what it has. */
const render = renderer(templates);
const times = Array.from({ length: RUNS }, () => {
  const before = process.cpuUsage();
  renderSite(input, render);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
});
const [first = Number.NaN] = times;
const median = times.toSorted((one, other) => one - other)[RUNS / 2] ?? Number.NaN;
const files = renderSite(input, render);
const size = files.reduce((total, { body }) => total + Buffer.byteLength(body), 0);

console.log(`status page, ${INCIDENTS} incidents and 90 days: ${files.length} files, ${Math.round(size / 1024)} KiB`);
for (const [name, time] of Object.entries({ first, median }))
  console.log(
    `  ${name.padEnd(6)} ${time.toFixed(0).padStart(5)} ms, ${(time / LIMIT).toFixed(2)} of the limit of ${LIMIT} ms`,
  );
if (!(first <= LIMIT)) {
  console.error(`status page: the first rendering took longer than ${LIMIT} ms`);
  process.exitCode = 1;
}

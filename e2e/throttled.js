// How long pages take until they answer, with the browser's processor slowed four times:
// `npm --prefix e2e run throttled`.
//
// A page is interactive at the end of the last long task (over 50 ms) before its main thread is quiet for
// two seconds, and not before its first contents are painted. Each load is a first one: nothing is kept
// from the one before. Of several loads the middle one counts. Pages that take longer than allowed end the
// program with 1.
import { start } from './harness.js';

const SLOWED = Number(process.env.SLOWED ?? 4);
const RUNS = Number(process.env.RUNS ?? 5);
const MOST_MS = 2000;
const QUIET_MS = 2000;

const pages = [
  ['home', '/console/'],
  ['members', '/console/members'],
  ['a member', '/console/members/customer:C-000000'],
  ['program', '/console/program'],
  ['insight', '/console/insight'],
  ['rewards', '/console/rewards'],
  ['coupons', '/console/coupons'],
  ['reviews', '/console/reviews'],
  ['settings', '/console/settings'],
  ['till', '/console/till'],
];

/** Before anything of the page runs: long tasks and the first contents are noted. */
function note() {
  window.ended = 0;
  window.longest = 0;
  window.painted = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      window.ended = Math.max(window.ended, task.startTime + task.duration);
      window.longest = Math.max(window.longest, task.duration);
    }
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const paint of list.getEntries()) if (paint.name === 'first-contentful-paint') window.painted = paint.startTime;
  }).observe({ type: 'paint', buffered: true });
}

/** One first load: when contents were painted, when the page is interactive, the longest task, its script. */
async function load(context, url) {
  const page = await context.newPage();
  try {
    const chrome = await context.newCDPSession(page);
    await chrome.send('Network.enable');
    await chrome.send('Network.setCacheDisabled', { cacheDisabled: true });
    await chrome.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
    await page.addInitScript(note);
    await page.goto(url, { waitUntil: 'load' });
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    const quiet = ([ms]) => window.painted > 0 && performance.now() - Math.max(window.painted, window.ended) > ms;
    await page.waitForFunction(quiet, [QUIET_MS], { polling: 100, timeout: 60_000 });
    return await page.evaluate(() => ({
      painted: window.painted,
      interactive: Math.max(window.painted, window.ended),
      longest: window.longest,
      script: performance
        .getEntriesByType('resource')
        .filter((own) => own.name.endsWith('.js'))
        .reduce((sum, own) => sum + own.encodedBodySize, 0),
    }));
  } finally {
    await page.close();
  }
}

const middle = (all) => [...all].sort((a, b) => a.interactive - b.interactive)[Math.floor(all.length / 2)];
const whole = (ms) => String(Math.round(ms)).padStart(8);

const shop = await start({ demo: 'whole' });
let slow = 0;
try {
  // Signs in, and warms up nothing but the server.
  await shop.page.goto(shop.sign_in);
  await shop.page.getByRole('heading', { name: 'Today at a glance' }).waitFor();
  await shop.page.close();
  console.log(`processor slowed ${SLOWED} times, the middle of ${RUNS} first loads, milliseconds; most ${MOST_MS}`);
  console.log(`${'page'.padEnd(12)} painted  interactive  longest task  script kB`);
  for (const [name, path] of pages) {
    const runs = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await load(shop.context, shop.listening + path));
    const { painted, interactive, longest, script } = middle(runs);
    if (interactive > MOST_MS) slow += 1;
    console.log(`${name.padEnd(12)}${whole(painted)}${whole(interactive).padStart(13)}${whole(longest).padStart(14)}${whole(script / 1024).padStart(11)}${interactive > MOST_MS ? '  too slow' : ''}`);
  }
} finally {
  await shop.end();
}
process.exitCode = slow > 0 ? 1 : 0;

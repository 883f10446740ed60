/* The size of report.html and how long Chromium takes to open it, a row a page:
       node bench/page.mjs RESULTS/report.html ...
   `load` is until the load event, `viewer` from there until its slices are drawn (WebGL in software), both the medians of
   three windows of 1440 x 900 in milliseconds; `thread` is the least processor time of the page's thread until the load
   event, which other work on the machine hardly changes; `height` is that of the page in pixels. It takes the packages that
   `bootstrap.sh test` puts into tests/browser/node_modules. */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.resolve(import.meta.dirname ?? path.dirname(process.argv[1]), "../tests/browser/x"));
const { chromium } = require("playwright-core");
const REPETITIONS = 3;
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
});
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const count = (text, part) => text.split(part).length - 1;

/* Opens a page in a new window: [milliseconds to load, to the viewer's slices, height, milliseconds of its thread]. */
async function opened(file) {
    const context = await browser.newContext({viewport: {width: 1440, height: 900}});
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    page.setDefaultTimeout(120000);
    await cdp.send("Performance.enable", {timeDomain: "threadTicks"});
    await page.goto(pathToFileURL(file).href);
    const load = await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
    const {metrics} = await cdp.send("Performance.getMetrics");
    const thread = 1000 * metrics.find(({name}) => name === "TaskDuration").value;
    const height = await page.evaluate(() => document.scrollingElement.scrollHeight);
    let viewer = NaN;
    if (await page.locator("#niivue").count()) {
        const start = Date.now();
        await page.locator("#viewer").scrollIntoViewIfNeeded();
        await page.waitForSelector("#viewer[data-ready]");
        viewer = Date.now() - start;
    }
    await context.close();
    return [load, viewer, height, thread];
}

console.log(["MB", "pictures", "maps", "sections", "effects", "height", "load ms", "thread ms", "viewer ms", "page"].join("\t"));
for (const file of process.argv.slice(2)) {
    const text = fs.readFileSync(file, "utf8"), runs = [];
    for (let i = 0; i < REPETITIONS; i++)
        runs.push(await opened(path.resolve(file)));
    const [load, viewer, height] = [0, 1, 2].map((k) => Math.round(median(runs.map((run) => run[k]))));
    console.log([(Buffer.byteLength(text) / 1e6).toFixed(2), count(text, "src=\"data:image/"), count(text, "data-map="),
                 count(text, "<section "), count(text, "<article "), height, load,
                 Math.round(Math.min(...runs.map((run) => run[3]))), viewer, file].join("\t"));
}
await browser.close();

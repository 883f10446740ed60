/* report.html in a browser: Chromium opens the page from disk, with WebGL in software.
       node report.mjs FOLDER [PICTURES]
   FOLDER holds results of report.sh, each with its report.html: full, with clusters; empty, without; neg, of one tail;
   oblique, of images that oblique.mjs has laid so; and bare, of a program without NiiVue. PICTURES is a folder for
   screenshots of the pages, to be looked at. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core");
const [folder, pictures] = process.argv.slice(2);
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
});
const eye = await browser.newPage(); /* reads pictures: its canvas decodes PNG */

/* Opens a page in a new window. Its errors in the console and its network requests are recorded; close() asserts that
   there were none. */
async function open(file, width, script, colorScheme = "light") {
    const context = await browser.newContext({viewport: {width, height: 900}, colorScheme});
    const page = await context.newPage();
    page.setDefaultTimeout(30000);
    const wrong = [];
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type()))
            wrong.push(message.text());
    });
    page.on("pageerror", (error) => wrong.push(String(error)));
    await context.route("**", (route) => {
        const url = route.request().url();
        if (/^(file|data|blob):/.test(url))
            return route.continue();
        wrong.push(`asks for ${url}`);
        return route.abort();
    });
    page.on("websocket", (socket) => wrong.push(`asks for ${socket.url()}`));
    if (script)
        await page.addInitScript(script);
    await page.goto(pathToFileURL(path.join(folder, file)).href);
    page.finish = async () => {
        assert.deepEqual(wrong, [], file);
        await context.close();
    };
    return page;
}

/* axe takes seconds for a page, so that one run looks at as much as can be open at a time. */
async function accessible(page, what) {
    await page.addScriptTag({path: axe});
    const {violations, passes} = await page.evaluate(
        (tags) => axe.run(document, {runOnly: tags, resultTypes: ["violations"]}), rules);
    const found = violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
    assert.deepEqual(found, [], `accessibility of ${what}`);
    for (const rule of ["color-contrast", "heading-order", "document-title", "html-has-lang"])
        assert(passes.some(({id}) => id === rule), `axe did not look at ${rule} in ${what}`);
}

async function keep(page, name, fullPage = true) {
    if (pictures)
        await page.screenshot({path: path.join(pictures, `${name}.png`), fullPage});
}

async function fits(page, width) {
    const needed = await page.evaluate(() => document.scrollingElement.scrollWidth);
    assert(needed <= width, `the page is ${needed} wide in a window of ${width}`);
}

/* Runs before the page: keeps NiiVue's object, and where it draws which letters around a slice, as `seen`. */
function expose() {
    let made, tile = null;
    window.seen = {tiles: []};
    Object.defineProperty(window, "niivue", {get: () => made, set(value) {
        made = value;
        const own = value.Niivue.prototype, {attachToCanvas, drawSliceOrientationText, drawText} = own;
        own.attachToCanvas = function (...all) {
            window.seen.nv = this;
            return attachToCanvas.apply(this, all);
        };
        own.drawSliceOrientationText = function (box, slice, ...more) {
            tile = window.seen.tiles[slice] = {box: Array.from(box), letters: []};
            drawSliceOrientationText.call(this, box, slice, ...more);
            tile = null;
        };
        own.drawText = function (at, text, ...more) {
            tile?.letters.push({text, x: at[0], y: at[1]});
            drawText.call(this, at, text, ...more);
        };
    }});
}

/* The colour that a picture of slices has for a value beyond its threshold: that of its colour bar, by the values that
   stand beside it. */
function pictured(file, value) {
    const svg = fs.readFileSync(path.join(folder, file), "utf8");
    const number = (text) => Number(text.replace("\u2212", "-"));
    const box = /fill:rgb\((\S+)%,(\S+)%,(\S+)%\);[^>]*d="M (\S+) (\S+) L (\S+) \5 L \6 (\S+) L \4 \7 Z/g;
    const boxes = Array.from(svg.matchAll(box), ([, r, g, b, x, top, right, bottom]) => (
        {rgb: [r, g, b].map((part) => 2.55 * part), x: Number(x), right: Number(right), y: (+top + +bottom) / 2}));
    const {x, right} = boxes.at(-1), steps = boxes.filter((box) => box.x === x);
    const marks = Array.from(svg.matchAll(/<text[^>]* x="(\S+)" y="(\S+)">([\d.\u2212]+)</g), ([, at, y, text]) => (
        {x: Number(at), y: y - 4, value: number(text)})).filter((mark) => Math.abs(mark.x - right - 6) < 0.1);
    const [low, high] = marks.filter((mark) => mark.value > 0).sort((a, b) => a.value - b.value);
    assert(steps.length > 400 && low.value < value && value < high.value, `${value} is not in the bar of ${file}`);
    const y = low.y + (high.y - low.y) * (value - low.value) / (high.value - low.value);
    return steps.reduce((a, b) => Math.abs(a.y - y) < Math.abs(b.y - y) ? a : b).rgb;
}

/* The colour of the voxel at the crosshair, in the axial slice: its lines leave a gap there. */
async function coloured(page) {
    const picture = (await page.locator("#viewer-canvas").screenshot()).toString("base64");
    const at = await page.evaluate(() => {
        const {nv} = window.seen;
        return Array.from(nv.frac2canvasPosWithTile(nv.scene.crosshairPos, 0).pos, (one) => one / devicePixelRatio);
    });
    return eye.evaluate(async ([base64, [x, y]]) => {
        const image = await createImageBitmap(await (await fetch("data:image/png;base64," + base64)).blob());
        const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
        context.drawImage(image, 0, 0);
        return Array.from(context.getImageData(Math.round(x), Math.round(y), 1, 1).data.subarray(0, 3));
    }, [picture, at]);
}

/* How many pixels of the viewer's canvas, on the screen, have the colours of either tail, and how many that of the
   limit. */
async function colours(page) {
    const picture = (await page.locator("#viewer-canvas").screenshot()).toString("base64");
    const limit = await page.evaluate(() =>
        JSON.parse(document.getElementById("viewer-colours").textContent).positive.at(-1));
    return eye.evaluate(async ([base64, limit]) => {
        const image = await createImageBitmap(await (await fetch("data:image/png;base64," + base64)).blob());
        const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        const {data} = context.getImageData(0, 0, image.width, image.height), count = {warm: 0, cool: 0, limit: 0};
        for (let i = 0; i < data.length; i += 4) {
            const [r, g, b] = data.subarray(i, i + 3);
            count.warm += r > b + 30;
            count.cool += b > r + 30;
            count.limit += [r, g, b].every((value, k) => Math.abs(value - limit[k]) < 8);
        }
        return {...count, picture: base64};
    }, [picture, limit]);
}

async function value(page) {
    const text = (await page.locator("#viewer-readout").textContent()).replaceAll("\u2212", "-");
    const [, map, number, p, place, region] =
        text.match(/^(.+?) = (\S+?)(?:, p = (\S+))? at \((.+)\) mm(?:, (.+))?$/);
    return {map, number: Number(number), p: Number(p), mm: place.split(", ").map(Number), region};
}

async function slide(page, part) {
    await page.locator("#viewer-threshold").evaluate((slider, part) => {
        slider.value = slider.max * part;
        slider.dispatchEvent(new Event("input", {bubbles: true}));
    }, part);
    await page.waitForTimeout(150);
}

/* cluster table of an effect, as the run wrote it, in the order of the page: what is significant first */
function clusters(effect, run = "full") {
    const lines = fs.readFileSync(path.join(folder, run, `${effect.replace("_", "/")}/clusters.tsv`), "utf8").trim().split("\n");
    const names = lines[0].split("\t");
    const rows = lines.slice(1).map((line) => Object.fromEntries(line.split("\t").map((cell, i) => [names[i], cell])));
    return rows.filter((row) => row.p_voxel < 0.05).concat(rows.filter((row) => !(row.p_voxel < 0.05)));
}

async function view(page) {
    await page.locator("#viewer").scrollIntoViewIfNeeded();
    await page.waitForSelector("#viewer[data-ready]");
    await page.waitForTimeout(150);
}

/* Chooses a cluster in the viewer's list, which has sub-peaks, too. */
async function choose(page, row) {
    const option = page.locator("#viewer-cluster option", {hasText: new RegExp(`^${row.label}:`)});
    await page.locator("#viewer-cluster").selectOption(await option.getAttribute("value"));
}

const near = (row) => ["peak_x", "peak_y", "peak_z"].map((name) => Number(row[name]));

test("the viewer", async (t) => {
    const page = await open("full/report.html", 1280, expose);
    const change = clusters("pet_change"), level = clusters("pet_rapa_level");
    const row = (effect, i) => page.locator(`tr[data-effect=${effect}][data-x]:not(.sub)`).nth(i);

    await t.test("starts when it is scrolled to, at the effect's largest t", async () => {
        await view(page);
        const largest = change.reduce((a, b) => Math.abs(a.peak_t) >= Math.abs(b.peak_t) ? a : b);
        assert.deepEqual((await value(page)).mm, near(largest));
    });
    await t.test("follows a link of the answer, beside the effect", async () => {
        await page.locator("#question a[href='#effect-2']").first().click();
        await page.waitForSelector("#viewer-app.docked");
        await page.waitForFunction(() => document.getElementById("viewer-effect").value === "pet_rapa_level");
        const largest = level.reduce((a, b) => Math.abs(a.peak_t) >= Math.abs(b.peak_t) ? a : b);
        assert.deepEqual((await value(page)).mm, near(largest));
        const {y} = await page.locator("#effect-2").boundingBox();
        assert(y > -50 && y < 200, `the effect is at ${y}`);
        await page.locator("#viewer-close").click(); /* later links no longer show it */
        await page.locator("#viewer").scrollIntoViewIfNeeded();
        await page.locator("#viewer-effect").selectOption("pet_change");
        await page.waitForFunction(() => document.getElementById("viewer-what").textContent === "pet: change");
    });
    await t.test("shows a peak as the cluster table has it: t, p and the region", async () => {
        await page.locator("#viewer-cluster").selectOption({index: 1});
        const limit = Number(await page.locator("#viewer-threshold").getAttribute("max"));
        const {map, number, p, mm, region} = await value(page);
        assert.equal(map, "t");
        assert.deepEqual(mm, near(change[0]));
        assert(Math.abs(number - change[0].peak_t) <= limit / 4094 + 5e-3, `${number}, not ${change[0].peak_t}`);
        assert(Math.abs(p / change[0].p_voxel - 1) < 0.006, `p ${p}, not ${change[0].p_voxel}`);
        assert.equal(region, change[0].peak_region.replace("no region", "in no region"));
    });
    await t.test("tells p as p, on the slider and in the bar too", async () => {
        await page.locator("#viewer-map").selectOption("p-fwe-voxel");
        await page.waitForFunction(() => document.getElementById("viewer-readout").textContent.startsWith("p, FWE"));
        const {number} = await value(page);
        assert(Math.abs(number / change[0].p_voxel - 1) < 0.006, `p ${number}, not ${change[0].p_voxel}`);
        assert.equal(await page.locator("#viewer-threshold-typed").inputValue(), "0.05");
        assert.equal(await page.locator("#viewer-threshold").getAttribute("aria-valuetext"), "p 0.0500");
        assert.equal(await page.locator("#viewer-least").textContent(), "1");
        await page.locator("#viewer-threshold-typed").fill("0.04");
        await page.locator("#viewer-threshold-typed").press("Enter");
        assert(Math.abs(await page.locator("#viewer-threshold").inputValue() - 1.39794) < 1e-5); /* -log10 0.04 */
        await page.locator("#viewer-map").selectOption("t");
        await page.waitForFunction(() => document.getElementById("viewer-readout").textContent.startsWith("t ="));
    });
    await t.test("gives a value the colour that it has in the pictures, whatever the threshold", async () => {
        const wanted = pictured("full/figures/pet_change_slices.svg", Number(change[0].peak_t));
        await page.locator("#viewer-cluster").selectOption({index: 1});
        for (const part of [0.5, 0.1, 0.4]) {
            await slide(page, part);
            const seen = await coloured(page);
            assert(seen.every((one, k) => Math.abs(one - wanted[k]) < 6), `${seen}, not ${wanted}, at ${part}`);
        }
    });
    await t.test("hides more as the threshold of both tails rises", async () => {
        await page.locator("#viewer-faded").uncheck();
        const limit = Number(await page.locator("#viewer-threshold").getAttribute("max")), seen = [];
        for (const part of [0.1, 0.4, 1]) {
            await slide(page, part);
            seen.push(await colours(page));
        }
        assert(seen[0].warm > 2 * seen[1].warm && seen[1].warm > 0, `warm ${seen.map(({warm}) => warm)}`);
        assert(seen[0].cool > 2 * seen[1].cool, `cool ${seen.map(({cool}) => cool)}`);
        assert(seen[0].cool > 100, "no negative tail");
        assert.equal(seen[2].warm + seen[2].cool, 0);
        await page.locator("#viewer-threshold-typed").fill(String(0.4 * limit));
        await page.locator("#viewer-threshold-typed").press("Enter");
        await page.waitForTimeout(150);
        assert.equal((await colours(page)).picture, seen[1].picture, "a threshold that is typed");
        await page.locator("#viewer-faded").check();
        await page.waitForTimeout(150);
        assert((await colours(page)).warm > 1.5 * seen[1].warm, "nothing faded below the threshold");
    });
    await t.test("goes to a cluster by a click on its row", async () => {
        const before = await colours(page);
        await row("pet_change", 1).scrollIntoViewIfNeeded();
        const place = await row("pet_change", 1).boundingBox();
        await row("pet_change", 1).locator("td").nth(1).click();
        await page.waitForTimeout(150);
        assert.deepEqual((await value(page)).mm, near(change[1]));
        const after = await row("pet_change", 1).boundingBox();
        assert(Math.abs(after.y - place.y) < 10, `the row moved from ${place.y} to ${after.y}`);
        const panel = await page.locator("#viewer-app.docked").boundingBox();
        assert(panel.x >= after.x && panel.y === 0, "the slices are not beside the text");
        assert.notEqual((await colours(page)).picture, before.picture);
    });
    await t.test("draws the largest value in the last colour, and smaller ones in others", async () => {
        const order = change.map((_, i) => i).sort((a, b) => change[b].peak_t - change[a].peak_t);
        const seen = [];
        for (const i of [order[0], order[1]]) {
            await choose(page, change[i]);
            await page.waitForTimeout(150);
            assert.deepEqual((await value(page)).mm, near(change[i]));
            seen.push((await colours(page)).limit);
        }
        assert(seen[0] > 0, "the peak does not have the colour of the limit");
        assert.equal(seen[1], 0);
    });
    await t.test("goes to another effect's cluster by the keyboard", async () => {
        await row("pet_rapa_level", 1).locator("button").focus();
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => document.activeElement.id === "viewer-canvas");
        const {number, mm} = await value(page);
        assert.deepEqual(mm, near(level[1]));
        assert(Math.abs(number - level[1].peak_t) < 0.01);
        assert.equal(await page.locator("#viewer-effect").inputValue(), "pet_rapa_level");
    });
    await t.test("leads back to where the reader was, and to its section", async () => {
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.locator("#viewer-canvas").press("Escape");
        const button = row("pet_rapa_level", 1).locator("button");
        assert(await button.evaluate((element) => element === document.activeElement));
        const {y} = await button.boundingBox();
        assert(y >= 0 && y < 900, `the row is at ${y}`);
        await page.locator("#viewer-close").click();
        assert.equal(await page.locator("#viewer-app.docked").count(), 0);
        await page.locator("article[data-effect=pet_rapa_level] .to-viewer button").click();
        await page.waitForFunction(() => document.activeElement.id === "viewer-canvas");
        assert.equal(await page.locator("#viewer-app.docked").count(), 1);
        await row("pet_rapa_level", 1).locator("button").click();
        await page.waitForTimeout(150);
    });
    await t.test("moves by a voxel for an arrow key, and to a point in mm", async () => {
        const [x, y, z] = near(level[1]);
        await page.keyboard.press("ArrowRight");
        assert.deepEqual((await value(page)).mm, [x + 4, y, z]);
        await page.keyboard.press("PageDown");
        assert.deepEqual((await value(page)).mm, [x + 4, y, z - 4]);
        await page.locator("#viewer-x").fill("-21");
        await page.locator("#viewer-x").press("Enter");
        assert.deepEqual((await value(page)).mm, [-22, y, z - 4]);
    });
    await keep(page, "panel", false);
    await t.test("has the left on the left, and leaves the wheel to the page until it is clicked", async () => {
        await page.locator("#viewer-close").click();
        const canvas = page.locator("#viewer-canvas"), {mm} = await value(page);
        await canvas.scrollIntoViewIfNeeded();
        const {x, y, width, height} = await canvas.boundingBox();
        const scrolled = () => page.evaluate(() => window.scrollY);
        const before = await scrolled();
        await page.mouse.move(x + 0.1 * width, y + 0.5 * height);
        await page.mouse.wheel(0, 40);
        await page.waitForFunction((before) => window.scrollY > before, before);
        assert.deepEqual((await value(page)).mm, mm);
        await canvas.click({position: {x: 0.08 * width, y: 0.5 * height}}); /* in the axial slice */
        const [left, , level] = (await value(page)).mm;
        assert(left < 0, `x is ${left} on the left`);
        await canvas.click({position: {x: 0.24 * width, y: 0.5 * height}});
        assert((await value(page)).mm[0] > 0, "x is not positive on the right");
        const still = await scrolled(), text = await page.locator("#viewer-readout").textContent();
        await page.mouse.wheel(0, 40);
        await page.waitForFunction((text) => document.getElementById("viewer-readout").textContent !== text, text);
        assert.notEqual((await value(page)).mm[2], level);
        assert.equal(await scrolled(), still);
    });
    await t.test("shows the other maps, each with its limits", async () => {
        await page.locator("#viewer-map").selectOption("r");
        await page.waitForFunction(() => document.getElementById("viewer-readout").textContent.startsWith("r ="));
        assert(Number(await page.locator("#viewer-threshold").getAttribute("max")) <= 1);
        await choose(page, level[0]);
        assert.deepEqual((await value(page)).mm, near(level[0]));
    });
    await keep(page, "desktop");
    await t.test("is accessible beside the text, as is a table of regions that a sentence opens", async () => {
        await page.locator("details.outcomes summary").first().click();
        await row("pet_change", 0).locator("button").click();
        await page.waitForSelector("#viewer-app.docked");
        await accessible(page, "the page with its panel");
    });
    await page.finish();
});

test("a table is sorted by its header, to and fro, in its parts", async (t) => {
    const page = await open("full/report.html", 1280);
    const table = page.locator("table", {has: page.locator("tr[data-effect=pet_change][data-x]")});
    const parts = () => table.evaluate((table) => Array.from(table.tBodies).map((body) =>
        Array.from(body.rows).map((row) => row.classList.contains("sub") || body.classList.contains("divider")
            ? row.cells[0].textContent : Number(row.cells[1].dataset.value))));
    const sizes = (body) => body.filter((cell) => typeof cell === "number");
    const before = await parts(), header = table.getByRole("button", {name: "mm\u00b3"});
    await header.click();
    const up = await parts();
    await header.click();
    const down = await parts();
    assert(sizes(before.flat()).length > 2);
    assert(before.flat().some((cell) => /^\d+a$/.test(cell)), "no sub-peak to take along");
    before.forEach((body, i) => {
        const sorted = [...sizes(body)].sort((a, b) => a - b);
        assert.deepEqual(sizes(up[i]), sorted);
        assert.deepEqual(sizes(down[i]), [...sorted].reverse());
        body.forEach((cell, k) => { /* a sub-peak still follows what it followed */
            if (typeof cell === "string" && k)
                assert.equal(down[i][down[i].indexOf(cell) - 1], body[k - 1]);
        });
    });
    await t.test("shows few columns, and all when asked, without losing its order", () => fewColumns(page));
    await page.finish();
});

async function fewColumns(page) {
    const table = page.locator("table.clusters").first();
    const button = page.getByRole("button", {name: /^All \d+ columns/}).first();
    const heads = () => table.locator("thead th:visible").count();
    const labels = () => table.locator("tbody tr:not(.sub) th").allTextContents();
    const few = await heads();
    await table.getByRole("button", {name: "peak t"}).click();
    const order = await labels();
    await button.click();
    assert.equal(await button.getAttribute("aria-pressed"), "true");
    assert.equal(await button.textContent(), `All ${await heads()} columns`);
    assert(few >= 5 && few < await heads(), `${few} columns`);
    assert.deepEqual(await labels(), order);
    await button.click();
    assert.equal(await heads(), few);
}

test("without JavaScript every column is shown", async () => {
    const context = await browser.newContext({javaScriptEnabled: false, viewport: {width: 1280, height: 900}});
    const page = await context.newPage();
    await page.goto(pathToFileURL(path.join(folder, "full/report.html")).href);
    const heads = page.locator("table.clusters").first().locator("thead th");
    assert(await heads.count() > 6);
    for (const head of await heads.all())
        assert(await head.isVisible());
    await context.close();
});

test("in the dark it can be read, and its pictures keep their colours", async () => {
    const page = await open("full/report.html", 1280, undefined, "dark");
    const [ground, ink] = await page.evaluate(() => {
        const style = getComputedStyle(document.body);
        return [style.backgroundColor, style.color].map((colour) => colour.match(/\d+/g).map(Number));
    });
    assert(Math.max(...ground) < 60 && Math.min(...ink) > 180, `${ink} on ${ground}`);
    const map = page.locator("figure.map img").first();
    assert.deepEqual(await map.evaluate((img) => [getComputedStyle(img).filter, getComputedStyle(img).backgroundColor]),
                     ["none", "rgb(255, 255, 255)"]);
    await page.emulateMedia({media: "print"});
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    await page.finish();
});

test("it fits a phone, where the slices lie below the text", async () => {
    const page = await open("full/report.html", 390);
    await view(page);
    await fits(page, 390);
    await page.setViewportSize({width: 320, height: 900}); /* reflow, WCAG 2.1, 1.4.10 */
    await fits(page, 320);
    await page.setViewportSize({width: 390, height: 900});
    await keep(page, "phone");
    const row = page.locator("tr[data-effect=pet_change][data-x]").nth(1);
    await row.scrollIntoViewIfNeeded();
    const {y} = await row.boundingBox();
    await row.locator("button").click();
    await page.waitForSelector("#viewer-app.docked");
    await page.waitForTimeout(300);
    assert(Math.abs((await row.boundingBox()).y - y) < 2, "the row moved");
    const panel = await page.locator("#viewer-app").boundingBox();
    assert(panel.y > 450 && panel.height < 450, `the panel takes ${panel.height} from ${panel.y}`);
    assert(await page.locator("#viewer-controls").isHidden());
    await page.locator("#viewer-more").click();
    assert(await page.locator("#viewer-controls").isVisible());
    await fits(page, 390);
    await keep(page, "phone-panel", false);
    await page.emulateMedia({colorScheme: "dark"});
    await accessible(page, "the page on a phone in the dark, with its panel");
    await keep(page, "dark");
    await page.finish();
});

test("without WebGL 2 the page says so and keeps its pictures", async () => {
    const page = await open("full/report.html", 1280, () => {
        const context = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
            return kind === "webgl2" ? null : context.call(this, kind, ...more);
        };
    });
    await page.locator("#viewer").scrollIntoViewIfNeeded();
    await page.getByText("This browser has no WebGL 2").waitFor();
    assert(await page.locator("#viewer-app").isHidden());
    await page.finish();
});

test("without NiiVue the page says so and keeps its pictures", async () => {
    const page = await open("bare/report.html", 1280);
    await page.getByText("was built without NiiVue").waitFor();
    assert.equal(await page.locator("#viewer canvas, #viewer script").count(), 0);
    await accessible(page, "the page without NiiVue");
    await page.finish();
});

test("of one tail only that one has colours and a threshold", async () => {
    const page = await open("neg/report.html", 1280);
    await view(page);
    await page.getByLabel("Threshold of the negative tail").waitFor();
    assert.equal(await page.locator("#viewer-most").textContent(), "0");
    assert.equal(await page.locator("#viewer-bar i:visible").count(), 1);
    for (const part of [0.1, 0.4]) { /* faded below, then hidden */
        await slide(page, part);
        const {warm, cool} = await colours(page);
        assert(cool > 0, `nothing at ${part} of the limit`);
        assert.equal(warm, 0, `the other tail at ${part} of the limit`);
        await page.locator("#viewer-faded").uncheck();
    }
    await page.locator("#viewer-map").selectOption("p-fdr");
    await page.getByLabel("Threshold", {exact: true}).waitFor(); /* p has no tails */
    await page.finish();
});

test("an oblique image is shown where its affine says", async () => {
    const page = await open("oblique/report.html", 1280, expose), change = clusters("pet_change", "oblique");
    await view(page);
    const limit = Number(await page.locator("#viewer-threshold").getAttribute("max"));
    const at = async (row) => {
        const {number, mm} = await value(page);
        assert(Math.abs(number - row.peak_t) <= limit / 4094 + 5e-3, `${number}, not ${row.peak_t}`);
        near(row).forEach((want, k) => assert(Math.abs(mm[k] - want) < 0.06, `at ${mm}, not ${near(row)}`));
    };
    assert(change.length > 1);
    for (const i of change.keys()) {
        await choose(page, change[i]);
        await at(change[i]);
    }
    for (const map of ["mean", "t"]) { /* goes to the place as it is read out, to hundredths of a mm */
        await page.locator("#viewer-map").selectOption(map);
        await page.waitForFunction((map) => document.getElementById("viewer-readout").textContent.startsWith(map + " ="),
                                   map);
    }
    await at(change.at(-1));
    await keep(page, "oblique");
    await letters(page);
    await page.finish();
});

/* Every letter around a slice stands on the side to which mm go from that of the opposite letter, where radiology's
   pictures have it: front and top above. */
async function letters(page) {
    const canvas = page.locator("#viewer-canvas"), tiles = await page.evaluate(() => window.seen.tiles);
    const axis = {R: 0, A: 1, S: 2}; /* of mm, which grow towards it */
    await canvas.scrollIntoViewIfNeeded();
    assert.deepEqual(tiles.map((tile) => tile.letters.map(({text}) => text).sort().join("")), ["ALPR", "ILRS", "AIPS"]);
    for (const {box: [left, top, width, height], letters} of tiles) {
        const mm = {}, side = {};
        for (const {text, x, y} of letters) {
            const across = (x - left) / width - 0.5, down = (y - top) / height - 0.5;
            side[text] = Math.abs(across) > Math.abs(down) ? [Math.sign(across), 0] : [0, Math.sign(down)];
            await canvas.click({position: {x: left + width * (0.5 + 0.3 * side[text][0]),
                                           y: top + height * (0.5 + 0.3 * side[text][1])}});
            mm[text] = (await value(page)).mm;
        }
        for (const [one, other] of ["LR", "PA", "IS"].filter(([letter]) => mm[letter])) {
            assert(mm[other][axis[other]] - mm[one][axis[other]] > 20, `${one} ${mm[one]}, ${other} ${mm[other]}`);
            assert.deepEqual(side[one], side[other].map((part) => -part || 0));
        }
        if (mm.L)
            assert.deepEqual(side.L, [-1, 0]);
        if (mm.S || mm.L)
            assert.deepEqual(side[mm.S ? "S" : "A"], [0, -1]);
    }
}

test("a result without any cluster can be looked at", async () => {
    const page = await open("empty/report.html", 1280);
    assert.equal(await page.locator("tr[data-x]").count(), 0);
    await view(page);
    assert.equal((await value(page)).map, "t");
    assert(await page.locator("#viewer-cluster").isDisabled());
    await accessible(page, "the page of an empty result");
    await keep(page, "empty");
    await page.finish();
});

test.after(() => browser.close());

// The program with a state of its own, and Debian's chromium to look at it. Never tests anything itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const root = new URL("../../", import.meta.url).pathname;
export const binary = process.env.ZOEKENVIND_BIN ?? join(root, "target/debug/zoekenvind");
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Waits until `look` gives something. */
export async function until(what, look, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts `zoekenvind ARGUMENTS`; gives its address, its state folder and a way to stop it. */
export async function startProgram(args = ["start"], { variables = {}, ready = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "zv-browser-"));
  const state = join(folder, "staat");
  const child = spawn(binary, args, {
    env: { ...process.env, ZOEKENVIND_STAAT: state, XDG_DATA_HOME: folder, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (log += bytes));
  child.on("error", (error) => (log += `${error}; run ./test, or first: cargo build --workspace --bins\n`));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await until("the address of the program", () => {
      if (child.exitCode !== null || child.pid === undefined) throw new Error(`the program ended: ${log}`);
      return /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
    });
    if (ready) await until("the run over the archive", () => readFile(join(state, "runs/000001.json")).catch(() => null));
    return { address, state, folder, stop, log: () => log };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts chromium, in a window of the usual size. */
export async function startBrowser() {
  const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];
  // Chromium refuses its own sandbox to root; these pages are our own.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args });
}

/** A new page in a context of its own. `complaints` fills with all that the browser finds wrong. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ locale: "nl-NL", viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  watch(page);
  return page;
}

const complaints = new WeakMap();

/** Listens to what the browser finds wrong with a page. */
export function watch(page) {
  const list = [];
  complaints.set(page, list);
  page.on("pageerror", (error) => list.push(`error in a script: ${error}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) list.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url())) list.push(`request elsewhere: ${request.url()}`);
  });
}

/** The browser found nothing wrong: no error in a script, nothing against the content security policy. */
export function nothingWrong(page, allowed = /^$/) {
  assert.deepEqual(complaints.get(page).filter((one) => !allowed.test(one)), []);
}

/** Holds the page against WCAG 2.2 A and AA, as far as a machine can see. */
export async function accessible(page, what) {
  // Through the debugger: the content security policy of the page stays as it is.
  await page.evaluate(axeSource);
  const found = await page.evaluate(
    (levels) => globalThis.axe.run(document, { runOnly: levels, resultTypes: ["violations"] }), LEVELS);
  const violations = found.violations.map((one) =>
    `${one.id} (${one.help}): ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`);
  assert.deepEqual(violations, [], `axe on ${what}`);
  assert.ok(found.passes.length > 5, `axe saw next to nothing on ${what}`);
}

/** Nothing sticks out on a small screen (WCAG 1.4.10). */
export async function fits(page, what) {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.setViewportSize(size);
  assert.ok(width <= 320, `${what} is ${width} pixels wide on a screen of 320`);
}

/** Searches from the start page. */
export async function search(page, address, question) {
  await page.goto(address);
  await page.getByLabel("Zoeken naar").fill(question);
  await page.getByRole("button", { name: "Zoeken", exact: true }).click();
  await page.waitForURL(/\/zoek\/[^/?]+$/);
}

/** The total above the results. */
export async function total(page) {
  return number(await page.locator("#resultaten-kop").innerText());
}

/** The first number of a text, written the Dutch way. */
export function number(text) {
  const found = /\d[\d.]*/.exec(text);
  assert.ok(found, `no number in ${JSON.stringify(text)}`);
  return Number(found[0].replaceAll(".", ""));
}

/** The values of a facet with their counts: value, count, chosen. */
export async function facet(page, name) {
  return page.locator(`input[name="${name}"][type=checkbox]`).evaluateAll((boxes) => boxes.map((box) => ({
    value: box.value,
    count: Number(/\d[\d.]*/.exec(box.closest("label").querySelector(".aantal")?.textContent
      ?? box.closest("tr").querySelector(".getal").textContent)[0].replaceAll(".", "")),
    chosen: box.checked,
  })));
}

/** Goes with the Tab key to the link, field or button with this text, as somebody without a mouse does. */
export async function tabTo(page, text, within = "body") {
  const most = 120;
  for (let at = 0; at < most; at += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate((within) => {
      const element = document.activeElement;
      const labels = [...(element.labels ?? [])].map((label) => label.textContent);
      // A table that scrolls has the focus too, and all the text in it.
      return element.matches("a, button, input, select, summary, textarea") && element.closest(within) ? [element.textContent, element.getAttribute("aria-label"), ...labels].join(" ") : "";
    }, within);
    if (here.includes(text)) return;
  }
  throw new Error(`nothing called ${JSON.stringify(text)} within ${most} steps of the Tab key`);
}

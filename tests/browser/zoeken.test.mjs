// As an information specialist I search the demo archive in a browser: from a question to a document and back.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { facet, newPage, nothingWrong, number, search, startBrowser, startProgram, total, watch } from "./programma.mjs";

let program, browser, page;
before(async () => {
  program = await startProgram();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await program?.stop();
});
beforeEach(async () => {
  page = await newPage(browser);
});
afterEach(async () => {
  nothingWrong(page);
  await page.context().close();
});

/** Ticks a box of a facet and waits for the new results. */
async function choose(name, value) {
  const before = page.url();
  await page.locator(`input[name="${name}"][type=checkbox]`).and(page.locator(`[value=${JSON.stringify(value)}]`)).check();
  await page.waitForURL((url) => url.href !== before && /\/zoek\/[^/?]+$/.test(url.pathname));
}

const pills = () => page.locator(".pillen button:not(.wis)");

test("facets narrow the search, their counts come true, and a pill takes a filter away", async () => {
  await search(page, program.address, "besluit OF vergunning");
  const all = await total(page);
  assert.ok(all > 5);
  const formats = await facet(page, "formaat");
  assert.equal(formats.reduce((sum, one) => sum + one.count, 0), all, "every document has one format");

  const format = formats[0];
  await choose("formaat", format.value);
  assert.equal(await total(page), format.count);
  const again = await facet(page, "formaat");
  for (const one of formats) {
    const now = again.find((other) => other.value === one.value);
    assert.equal(now?.count, one.count, `the count of ${one.value} ignores the choice in its own facet`);
  }
  assert.ok(again.find((one) => one.value === format.value).chosen);

  const kind = (await facet(page, "soort")).find((one) => one.count > 0 && one.count < format.count);
  assert.ok(kind, "the demo archive has documents of more than one kind in this format");
  await choose("soort", kind.value);
  assert.equal(await total(page), kind.count);
  assert.equal(await pills().count(), 2);

  // Two values of one facet: one or the other.
  const other = (await facet(page, "soort")).find((one) => one.value !== kind.value && one.count > 0);
  await choose("soort", other.value);
  assert.equal(await total(page), kind.count + other.count);
  assert.equal(await pills().count(), 3);

  await pills().filter({ hasText: /formaat/i }).click();
  await page.waitForFunction(() => document.querySelectorAll(".pillen button:not(.wis)").length === 2);
  assert.ok(await total(page) >= kind.count + other.count);
  await page.getByRole("button", { name: "Alle filters weghalen" }).click();
  await page.waitForFunction(() => !document.querySelector(".pillen"));
  assert.equal(await total(page), all);
});

test("a year of the histogram and its table say the same", async () => {
  await search(page, program.address, "");
  const bar = page.locator("button.staaf").last();
  const label = (await bar.innerText()).replaceAll("\n", " ");
  const [year, count] = /(\d{4})\D+([\d.]+) document/.exec(await bar.textContent() ?? label).slice(1);
  const row = (await facet(page, "jaar")).find((one) => one.value === year);
  assert.equal(row.count, number(count));
  const before = page.url();
  await bar.click();
  await page.waitForURL((url) => url.href !== before);
  assert.equal(await total(page), row.count);
  assert.match(await pills().first().innerText(), new RegExp(year));
});

test("a document shows its hits, and n, p, buttons and links go from one to the next", async () => {
  await search(page, program.address, "windpark");
  const found = await total(page);
  assert.ok(found >= 3);
  assert.ok(await page.locator(".fragment mark").count() > 0, "fragments show what matched");
  // A document with several hits, and with another one after it.
  const links = await page.locator(".lijst h3 a").evaluateAll((all) => all.map((link) => link.href));
  let hits = 0;
  for (const link of links.slice(0, -1)) {
    await page.goto(link);
    const bar = page.locator(".trefferbalk p");
    hits = await bar.count() === 0 ? 0 : number(await bar.innerText());
    if (hits >= 3) break;
  }
  assert.ok(hits >= 3, `${hits} hits`);
  assert.equal(await page.locator("#tekst a.treffer").count(), hits);
  for (const text of await page.locator("#tekst a.treffer mark").allInnerTexts()) assert.match(text.toLowerCase(), /windpark/);

  const current = () => page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("n");
  assert.equal(await current(), "treffer-1");
  await page.keyboard.press("n");
  assert.equal(await current(), "treffer-2");
  await page.keyboard.press("p");
  assert.equal(await current(), "treffer-1");
  await page.getByRole("button", { name: "Volgende treffer" }).click();
  assert.equal(await current(), "treffer-2");
  await page.getByRole("button", { name: "Vorige treffer" }).click();
  assert.equal(await current(), "treffer-1");
  const next = await page.locator("#treffer-1").getAttribute("href");
  assert.match(next, /#treffer-2$/);
  await page.locator("#treffer-1").click();
  assert.equal(new URL(page.url()).hash, "#treffer-2");

  // Letters of their own accord are a nuisance to who talks to a computer: they can be switched off.
  await page.getByLabel("Toetsen n en p").uncheck();
  await page.locator("#treffer-1").focus();
  await page.keyboard.press("n");
  assert.equal(await current(), "treffer-1");

  const title = await page.locator("h1").innerText();
  await page.getByRole("link", { name: "Volgend document" }).click();
  await page.waitForFunction((title) => document.querySelector("h1").innerText !== title, title);
  await page.getByRole("link", { name: "Terug naar de resultaten" }).click();
  await page.waitForURL(/\/zoek\/[^/]+$/);
  assert.equal(await total(page), found);
});

test("paging goes on to the very last document, each comes once, and back again", async () => {
  await search(page, program.address, "");
  const all = await total(page);
  assert.ok(all > 60);
  const seen = [];
  let pages = 1;
  for (;;) {
    seen.push(...await page.locator(".lijst h3 a").evaluateAll((links) => links.map((link) => new URL(link.href).pathname)));
    assert.match(await page.locator(".bladeren p").innerText(), new RegExp(`${seen.length} van`), "the range says where we are");
    const next = page.getByRole("link", { name: "Volgende", exact: true });
    if (await next.count() === 0) break;
    const before = page.url();
    await next.click();
    await page.waitForURL((url) => url.href !== before);
    pages += 1;
  }
  assert.equal(seen.length, all);
  assert.equal(new Set(seen).size, all);
  for (; pages > 1; pages -= 1) {
    const before = page.url();
    await page.getByRole("link", { name: "Vorige", exact: true }).click();
    await page.waitForURL((url) => url.href !== before);
  }
  assert.equal(await page.getByRole("link", { name: "Vorige", exact: true }).count(), 0);
});

test("Back, reload, a new tab and a bookmark keep the search, and no address holds a term", async () => {
  await search(page, program.address, "mondkapjes");
  const plain = page.url();
  const all = await total(page);
  const format = (await facet(page, "formaat")).find((one) => one.count > 0 && one.count < all);
  await choose("formaat", format.value);
  const narrowed = page.url();
  for (const url of [plain, narrowed]) assert.doesNotMatch(url, /mondkap/i);

  await page.goBack();
  assert.equal(page.url(), plain);
  assert.equal(await total(page), all);
  assert.equal((await facet(page, "formaat")).some((one) => one.chosen), false);
  await page.goForward();
  assert.equal(await total(page), format.count);
  await page.reload();
  assert.equal(page.url(), narrowed);
  assert.equal(await total(page), format.count);
  assert.equal(await page.getByLabel("Zoeken naar").inputValue(), "mondkapjes");

  const tab = await page.context().newPage();
  watch(tab);
  await tab.goto(narrowed);
  assert.equal(await total(tab), format.count);
  nothingWrong(tab);
  const elsewhere = await newPage(browser);
  await elsewhere.goto(narrowed);
  assert.equal(await total(elsewhere), format.count);
  assert.equal(await elsewhere.getByLabel("Zoeken naar").inputValue(), "mondkapjes");
  nothingWrong(elsewhere);
  await elsewhere.context().close();
});

test("the order and the date that counts are the user's choice", async () => {
  await search(page, program.address, "gemeente");
  await page.getByLabel("Volgorde").selectOption("pad");
  const before = page.url();
  await page.getByRole("button", { name: "Toepassen", exact: true }).click();
  await page.waitForURL((url) => url.href !== before);
  const paths = await page.locator(".lijst .pad").allInnerTexts();
  assert.ok(paths.length > 2);
  assert.equal(await page.locator("#sorteer").inputValue(), "pad");
});

test("a question that is not right keeps what was typed and says where it goes wrong", async () => {
  await search(page, program.address, "besluit EN (vergunning");
  const field = page.getByLabel("Zoeken naar");
  assert.equal(await field.inputValue(), "besluit EN (vergunning");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  const message = page.locator(`#${await field.getAttribute("aria-describedby")}`);
  assert.match(await message.innerText(), /teken \d+/);
});

test("the original comes as a file, under its own name", async () => {
  await search(page, program.address, "type:pdf windpark");
  await page.locator(".lijst h3 a").first().click();
  await page.waitForURL(/\/document\//);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Origineel downloaden" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /\.pdf$/);
  const file = await download.path();
  assert.ok((await stat(file)).size > 500);
  assert.equal((await readFile(file)).subarray(0, 5).toString(), "%PDF-");
});

test("the family of a mail is shown, and the other places of the same bytes", async () => {
  await search(page, program.address, "type:eml");
  const links = await page.locator(".lijst h3 a").evaluateAll((all) => all.map((link) => link.href));
  let members = 0;
  for (const link of links) {
    await page.goto(link);
    members = await page.locator(".familie li").count();
    if (members > 1) break;
  }
  assert.ok(members > 1, "a mail with an attachment");
  await page.locator(".familie a").first().click();
  await page.waitForURL((url) => !links.includes(url.href));
  assert.ok(await page.locator(".familie strong[aria-current=page]").count() === 1);

  await search(page, program.address, "\"besluit vergunningverlening 2021-4567\" OF pad:\"Leveringen (kopie)\"");
  await page.locator(".lijst h3 a").first().click();
  await page.waitForURL(/\/document\//);
  assert.ok(await page.locator(".plaatsen a").count() >= 1, "the copy is named");
});

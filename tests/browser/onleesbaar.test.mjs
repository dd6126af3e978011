// As a Woo officer I see what the program could not read, and note what I looked at myself.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { makeSource } from "./bronmap.mjs";
import { accessible, fits, newPage, nothingWrong, number, startBrowser, startProgram, total } from "./programma.mjs";

let bron, program, browser, page;
before(async () => {
  bron = await makeSource();
  program = await startProgram(["start", bron.source]);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await program?.stop();
  await bron?.remove();
});
beforeEach(async () => {
  page = await newPage(browser);
});
afterEach(async () => {
  nothingWrong(page);
  await page.context().close();
});

const viewed = async (on) => number((await on.locator(".totaal").innerText()).split("waarvan")[1]);
const documents = (on) => on.locator(".lijst > li");

test("the menu, the start page and a run's account lead to it; reasons add up to the total", async () => {
  for (const from of ["/", "/runs/1"]) {
    await page.goto(program.address + from);
    await page.locator("main a[href='/onleesbaar']").first().click();
    await page.waitForURL(/\/onleesbaar$/);
  }
  const all = number(await page.locator(".totaal").innerText());
  assert.equal(all, 26);
  assert.equal(await documents(page).count(), all);
  const counts = await page.locator("[aria-labelledby=redenen-kop] td.getal").allInnerTexts();
  assert.equal(counts.map(number).reduce((sum, one) => sum + one, 0), all);
  const formats = page.locator(".naast details").nth(1);
  assert.match(await formats.innerText(), /DWG\s+25[^]*ZIP\s+1/);
  assert.match(await documents(page).first().innerText(), /niet leesbaar: beschadigd/);
  await accessible(page, "what is not readable");
  await fits(page, "what is not readable");
  await page.getByRole("button", { name: "Zoeken in deze documenten" }).click();
  await page.waitForURL(/\/zoek\//);
  assert.equal(await total(page), all);
});

test("looked at by hand: noted, remembered, left out, in the export, and taken back, without script", async () => {
  const bare = await newPage(browser, { javaScriptEnabled: false });
  await bare.goto(`${program.address}/onleesbaar`);
  await bare.getByLabel("Uw naam").fill("Els Boom");
  await bare.getByLabel("Notitie").fill("tekening van de sluis");
  await bare.getByRole("checkbox").nth(1).check();
  await bare.getByRole("checkbox").nth(2).check();
  await bare.getByRole("button", { name: "Opslaan" }).first().click();
  await bare.waitForURL(/opgeslagen=1/);
  assert.match(await bare.getByRole("status").filter({ hasText: "Opgeslagen" }).innerText(), /Opgeslagen/);
  assert.equal(await viewed(bare), 2);
  assert.match(await documents(bare).nth(1).innerText(), /door Els Boom, \d.* om \d\d:\d\d: tekening van de sluis/);
  assert.equal(await bare.getByLabel("Uw naam").inputValue(), "Els Boom");

  await bare.getByRole("link", { name: "Nog niet bekeken" }).click();
  await bare.waitForURL(/toon=nieuw/);
  assert.equal(await documents(bare).count(), 24);
  const exported = async (name) => {
    const [download] = await Promise.all([bare.waitForEvent("download"), bare.getByRole("link", { name }).click()]);
    assert.equal(download.suggestedFilename(), "niet-leesbaar.csv");
    return (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  };
  assert.equal((await exported("Wat nog niet bekeken is als CSV")).length, 25);
  await bare.getByRole("link", { name: "Alle documenten", exact: true }).click();
  await bare.waitForURL(/onleesbaar$/);
  const lines = await exported("Alles als CSV");
  assert.equal(lines.length, 27);
  assert.match(lines[0], /^\ufeffbron;pad;/);
  assert.equal(lines.filter((line) => line.includes(";ja;Els Boom;")).length, 2);

  await bare.getByRole("checkbox").nth(1).uncheck();
  await bare.getByRole("button", { name: "Opslaan" }).last().click();
  await bare.waitForURL(/opgeslagen=1/);
  assert.equal(await viewed(bare), 1);
  nothingWrong(bare);
  await bare.context().close();
  await page.goto(`${program.address}/onleesbaar`);
  await accessible(page, "what is not readable, with marks");
});

test("without a mouse: name, tick, save", async () => {
  await page.goto(`${program.address}/onleesbaar`);
  const before = await viewed(page);
  await page.getByLabel("Uw naam").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("Jan de Wit");
  const there = () => page.evaluate(() => document.activeElement.matches("input[name=bekeken]:not(:checked)"));
  for (let presses = 0; presses < 10 && !(await there()); presses += 1) await page.keyboard.press("Tab");
  assert.ok(await there());
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.waitForURL(/opgeslagen=1/);
  assert.equal(await viewed(page), before + 1);
});

test("a name is needed", async () => {
  await page.goto(`${program.address}/onleesbaar`);
  await page.getByLabel("Uw naam").fill("");
  await page.getByRole("button", { name: "Opslaan" }).first().click();
  assert.ok(await page.getByLabel("Uw naam").evaluate((field) => field.validity.valueMissing));
  assert.match(page.url(), /onleesbaar$/);
});

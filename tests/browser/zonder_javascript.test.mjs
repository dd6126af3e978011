// As a user of a locked-down browser I have no JavaScript. Everything that matters works all the same.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { facet, newPage, nothingWrong, number, search, startBrowser, startProgram, total } from "./programma.mjs";

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
  page = await newPage(browser, { javaScriptEnabled: false });
});
afterEach(async () => {
  nothingWrong(page);
  await page.context().close();
});

const moved = (before) => page.waitForURL((url) => url.href !== before);

test("search, choose two facets, take one away", async () => {
  await search(page, program.address, "besluit OF vergunning");
  const all = await total(page);
  const format = (await facet(page, "formaat"))[0];
  const kind = (await facet(page, "soort"))[0];
  await page.locator(`input[name=formaat][value="${format.value}"]`).check();
  await page.locator(`input[name=soort][value="${kind.value}"]`).check();
  assert.equal(await total(page), all, "nothing happens yet");
  let before = page.url();
  await page.getByRole("button", { name: "Filters toepassen" }).click();
  await moved(before);
  assert.equal(await page.locator(".pillen button:not(.wis)").count(), 2);
  const both = await total(page);
  assert.ok(both <= Math.min(format.count, kind.count));
  before = page.url();
  await page.locator(".pillen button").filter({ hasText: /soort/i }).click();
  await moved(before);
  assert.equal(await total(page), format.count);
  before = page.url();
  await page.locator("button.staaf").last().click();
  await moved(before);
  assert.equal(await page.locator(".pillen button:not(.wis)").count(), 2, "a year of the histogram works too");
  await page.goBack();
  assert.equal(await total(page), format.count);
  await page.reload();
  assert.equal(await total(page), format.count);
});

test("open a document and go from hit to hit along links", async () => {
  await search(page, program.address, "windpark");
  await page.locator(".lijst h3 a").first().click();
  await page.waitForURL(/\/document\//);
  const hits = number(await page.locator(".trefferbalk p").innerText());
  await page.locator(".trefferbalk a").first().click();
  assert.match(page.url(), /#treffer-1$/);
  for (let hit = 2; hit <= Math.min(hits, 4); hit += 1) {
    await page.locator(`#treffer-${hit - 1}`).click();
    assert.match(page.url(), new RegExp(`#treffer-${hit}$`));
    const box = await page.locator(`#treffer-${hit}`).boundingBox();
    assert.ok(box.y >= 0 && box.y < 900, "the hit is in sight");
  }
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Origineel downloaden" }).click(),
  ]);
  assert.ok(download.suggestedFilename().length > 3);
});

test("page on to the end", async () => {
  await search(page, program.address, "");
  const all = await total(page);
  let seen = await page.locator(".lijst > li").count();
  while (await page.getByRole("link", { name: "Volgende", exact: true }).count() > 0) {
    const before = page.url();
    await page.getByRole("link", { name: "Volgende", exact: true }).click();
    await moved(before);
    seen += await page.locator(".lijst > li").count();
  }
  assert.equal(seen, all);
});

test("a run's account and its list of unreadable files", async () => {
  await page.goto(`${program.address}/runs`);
  await page.getByRole("link", { name: "Run 1" }).click();
  await page.waitForURL(/\/runs\/1$/);
  assert.match(await page.locator("main").innerText(), /wachtwoord/);
});

// As an information specialist I see what every word of my question stood for, switch off what I do not mean, and can
// say of each hit why it is one.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { accessible, fits, newPage, nothingWrong, number, search, startBrowser, startProgram, total, until } from "./programma.mjs";

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

const found = async (page) => number(await page.locator(".uitkomst strong").innerText());
const box = (page, value) => page.locator(`input[type=checkbox][name=aan][value=${JSON.stringify(value)}]`);

async function explain(page) {
  await page.getByRole("link", { name: "Zo is gezocht" }).click();
  await page.waitForURL(/\/uitleg$/);
}

test("a compound and a synonym are shown with their counts; what is unticked no longer counts", async () => {
  await search(page, program.address, "toeslag OF FG");
  const all = await total(page);
  await explain(page);
  assert.equal(await found(page), all);
  const words = page.locator("section.woord");
  assert.equal(await words.count(), 2);
  const compound = words.nth(0).locator("li", { hasText: "kinderopvangtoeslag" }).first();
  assert.ok(number(await compound.locator(".aantal").innerText()) > 0);
  await words.nth(0).getByText("Samenstellingen met dit woord").waitFor();
  const synonym = words.nth(1).locator("li", { hasText: "functionaris gegevensbescherming" }).first();
  assert.ok(number(await synonym.locator(".aantal").innerText()) > 0);
  await accessible(page, "Zo is gezocht");
  await fits(page, "Zo is gezocht");

  const before = page.url();
  await box(page, "0:soort:deel").uncheck();
  await page.waitForURL((url) => url.href !== before && url.pathname.endsWith("/uitleg"));
  const without = await found(page);
  assert.ok(without < all, `${without} is not less than ${all}`);
  assert.match(await page.locator(".canoniek").innerText(), /toeslag\{-deel\}/);
  assert.equal(await box(page, "0:soort:deel").isChecked(), false);

  // Back on: the same as before.
  const off = page.url();
  await box(page, "0:soort:deel").check();
  await page.waitForURL((url) => url.href !== off && url.pathname.endsWith("/uitleg"));
  assert.equal(await found(page), all);
  assert.equal(await page.locator(".canoniek").innerText(), "toeslag OF FG");

  // One word of many, and its own results say the same.
  const one = page.url();
  await box(page, "0:woord:kinderopvangtoeslag").uncheck();
  await page.waitForURL((url) => url.href !== one && url.pathname.endsWith("/uitleg"));
  const fewer = await found(page);
  assert.ok(fewer < all);
  assert.equal(await box(page, "0:woord:kinderopvangtoeslag").isChecked(), false);
  await page.getByRole("link", { name: "Terug naar de resultaten" }).click();
  await page.waitForURL(/\/zoek\/[^/]+$/);
  assert.equal(await total(page), fewer);
  assert.match(await page.getByLabel("Zoeken naar").inputValue(), /\{-"kinderopvangtoeslag"\}/);
});

test("with the keyboard alone a hit says why it was found, in the list and beside the document", async () => {
  await search(page, program.address, "toeslag");
  const why = page.locator(".lijst details.waarom").first();
  await why.locator("summary").focus();
  await page.keyboard.press("Enter");
  const reasons = (await why.locator("li").allInnerTexts()).join("\n");
  assert.match(reasons, /^toeslag: .*“/);
  await page.locator(".lijst h3 a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/document\//);
  const beside = await page.locator("#waarom li").allInnerTexts();
  assert.ok(beside.some((reason) => /^toeslag: .*(samenstelling|precies zo|woordvorm)/.test(reason)), beside.join("\n"));
  assert.ok(await page.locator("mark").count() > 0);
});

test("every example of the help page is a question that the program understands", async () => {
  await page.goto(`${program.address}/hulp`);
  const examples = await page.locator("code.vraag").allInnerTexts();
  assert.ok(examples.length > 60, `${examples.length} examples`);
  for (const example of new Set(examples)) {
    const answer = await page.request.post(`${program.address}/v1/zoekopdrachten`, {
      data: { vraag: example }, maxRedirects: 0, headers: { Origin: program.address },
    });
    assert.equal(answer.status(), 303, `${example}: ${await answer.text()}`);
    const stored = await page.request.get(program.address + answer.headers().location);
    assert.equal(stored.status(), 200, `${example}: ${await stored.text()}`);
  }
});

test("words of the documents are suggested while typing, and a slip is noticed", async () => {
  await page.goto(program.address);
  await page.getByLabel("Zoeken naar").pressSequentially("vergunning kinderopv");
  const suggested = () => page.locator("#suggesties option").evaluateAll((options) => options.map((one) => one.value));
  const words = await until("suggestions", async () => {
    const all = await suggested();
    return all.length > 0 ? all : null;
  });
  assert.ok(words.some((one) => one.startsWith("vergunning kinderopvang")), words.join(", "));

  await search(page, program.address, "vergunnning");
  await page.getByRole("button", { name: "vergunning", exact: true }).click();
  await page.waitForURL(/\/zoek\/[^/?]+$/);
  await until("the question that was meant", async () => (await page.getByLabel("Zoeken naar").inputValue()) === "vergunning");
  assert.ok(await total(page) > 0);
});

test("without a script the boxes work with a button", async () => {
  const plain = await newPage(browser, { javaScriptEnabled: false });
  await search(plain, program.address, "toeslag");
  const all = await total(plain);
  await explain(plain);
  await box(plain, "0:soort:deel").uncheck();
  await plain.getByRole("button", { name: "Toepassen" }).click();
  await plain.waitForURL(/\/uitleg$/);
  assert.ok(await found(plain) < all);
  await plain.context().close();
});

test("proximity, units and wildcards are asked like any question", async () => {
  await search(page, program.address, "binnen:zin(besluit NEAR/3 vergunning)");
  assert.ok(await total(page) >= 0);
  await search(page, program.address, "subsid* NIET (beslui? OF =nota)");
  assert.ok(await total(page) > 0);
});

// As a Woo officer I see beside a document what belongs with it, and of a chat the messages around what I looked for.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { makeSource } from "./bronmap.mjs";
import { accessible, fits, newPage, nothingWrong, search, startBrowser, startProgram, total } from "./programma.mjs";

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

/** Opens the first document that a question finds. */
async function open(question, on = page) {
  await search(on, program.address, question);
  await on.locator(".lijst h3 a").first().click();
  await on.waitForURL(/\/document\//);
}

async function look(what) {
  await accessible(page, what);
  await fits(page, what);
}

test("the thread of a mail, oldest first, and which mail a later one repeats", async () => {
  await open("titel:kadeverzakking tekeningen");
  const mails = page.locator(".draad li");
  assert.equal(await mails.count(), 3);
  const said = await mails.allInnerTexts();
  assert.match(said[0], /4 maart 2024 om 09:00, Jan de Wit[^]*Kadeverzakking[^]*staat geheel in een later bericht/);
  assert.match(said[1], /5 maart 2024[^]*Els Boom/);
  assert.doesNotMatch(said[1], /later bericht/);
  assert.match(said[2], /dit bericht/);
  assert.equal(await page.locator(".draad strong[aria-current=page]").count(), 1);
  await look("a mail with its thread");
  await mails.first().getByRole("link").click();
  await page.waitForFunction(() => document.querySelector("h1").innerText === "Kadeverzakking");
  assert.match(page.url(), /\/zoek\/.+\/document\//, "the search stays");
});

test("a mail in a mail with its own attachment: each under the one that holds it", async () => {
  await open("titel:kadeverzakking tekeningen");
  const members = await page.locator(".familie li").evaluateAll((all) =>
    all.map((one) => [one.textContent.trim().split(/\s{2,}|\n/)[0], one.className]));
  assert.deepEqual(members.map(([, depth]) => depth), ["diepte-0", "diepte-1", "diepte-2"]);
  assert.match(members[1][0], /Eerdere melding/);
  assert.match(members[2][0], /foto's/);
});

test("copies: what is the same and what is nearly the same", async () => {
  await open("pad:kopie damwand");
  assert.deepEqual(await page.locator(".plaatsen a").allInnerTexts(), ["dossier kade › plan › plan van aanpak.txt"]);
  assert.deepEqual(await page.locator(".bijna a").allInnerTexts(), ["dossier kade › plan › plan van aanpak v2.txt"]);
  await look("a document with copies");
  await page.locator(".bijna a").click();
  await page.waitForFunction(() => document.querySelector("h1").innerText.includes("v2"));
  assert.equal(await page.locator(".bijna a").count(), 2);
});

test("the list shows a chat by its messages, with moment and sender", async () => {
  await search(page, program.address, "zinkput");
  assert.equal(await total(page), 1);
  const said = await page.locator(".fragment").allInnerTexts();
  assert.deepEqual(said.map((one) => one.replace(/\s+/g, " ")), [
    "14 maart 2024 om 09:20 Jan de Wit De zinkput loopt over",
    "18 maart 2024 om 09:30 Jan de Wit De zinkput loopt over",
  ]);
  await look("results with a chat");
  await search(page, program.address, "zinkput datum:2024-03-18");
  const first = page.locator(".fragment");
  assert.match(await first.nth(0).innerText(), /^18 maart/);
  assert.match(await first.nth(1).innerText(), /14 maart[^]*buiten de gevraagde periode/);
});

test("five messages before and after a hit, and the rest of the conversation below", async () => {
  await open("zinkput");
  const windows = page.locator(".venster");
  assert.equal(await windows.count(), 2);
  const messages = windows.first().locator(".bericht");
  assert.equal(await messages.count(), 11);
  assert.match(await messages.nth(5).getAttribute("class"), /raak/);
  assert.match(await messages.nth(5).locator(".wie").innerText(), /09:20\s+Jan de Wit$/);
  assert.equal(await messages.nth(5).locator(".gezegd").innerText(), "De zinkput loopt over");
  assert.equal(await messages.nth(5).locator("mark").innerText(), "zinkput");
  assert.equal(await page.locator("#tekst .bericht").count(), 121, "the whole conversation");
  assert.equal(await page.locator("#tekst .bericht.systeem").count(), 1);
  assert.deepEqual(await page.locator("#tekst .dag").allInnerTexts(), ["14 maart 2024", "15 maart 2024", "18 maart 2024"]);
  assert.match(await page.locator("#tekst .bericht").nth(7).innerText(), /\(verwijderd bericht\)/);
  await page.keyboard.press("n");
  assert.equal(await page.evaluate(() => document.activeElement.id), "treffer-1", "the keys work in the conversation");
  await look("a chat with hits");
});

test("a hit on a day that was not asked for is set apart", async () => {
  await open("zinkput datum:2024-03-18");
  const windows = page.locator(".venster");
  assert.match(await windows.nth(0).locator("h3").innerText(), /^18 maart 2024 om 09:30$/);
  assert.match(await windows.nth(1).locator("h3").innerText(), /^14 maart[^]*buiten de gevraagde periode$/);
  assert.match(await windows.nth(1).getAttribute("class"), /buiten/);
  assert.equal(await page.locator("#tekst .dag.buiten").count(), 2);
  await look("a chat with a period");
});

test("more messages, without script", async () => {
  const bare = await newPage(browser, { javaScriptEnabled: false });
  await open("zinkput", bare);
  const count = () => bare.locator(".venster .bericht").count();
  await bare.getByRole("link", { name: /^Meer berichten ervoor ?, 14 maart/ }).click();
  await bare.waitForURL(/rond=22&ervoor=30/);
  assert.equal(await count(), 21 + 1 + 5, "up to the very first message");
  assert.equal(await bare.getByRole("link", { name: /^Meer berichten ervoor/ }).count(), 0);
  await bare.getByRole("link", { name: /^Meer berichten erna/ }).click();
  await bare.waitForURL(/erna=30/);
  assert.equal(await count(), 21 + 1 + 30);
  assert.equal(await bare.locator(".venster .dag").count(), 2, "over the end of the day");
  await bare.getByRole("link", { name: "Alle treffers in het gesprek" }).click();
  await bare.waitForURL((url) => !url.search.includes("rond"));
  await bare.getByRole("link", { name: /^In het hele gesprek ?, 18 maart/ }).click();
  assert.match(bare.url(), /#bericht-112$/);
  const box = await bare.locator("#bericht-112").boundingBox();
  assert.ok(box.y >= 0 && box.y < 900, "the message is in sight");
  nothingWrong(bare);
  await bare.context().close();
});

test("the way to more messages is found with the keyboard", async () => {
  await open("zinkput");
  const wanted = page.getByRole("link", { name: /^Meer berichten ervoor ?, 14 maart/ });
  for (let presses = 0; presses < 60 && !(await wanted.evaluate((link) => link === document.activeElement)); presses += 1) {
    await page.keyboard.press("Tab");
  }
  assert.ok(await wanted.evaluate((link) => getComputedStyle(link).outlineStyle !== "none"), "the focus is seen");
  await page.keyboard.press("Enter");
  await page.waitForURL(/rond=22/);
  await look("a wide window");
});

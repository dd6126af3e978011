// As an informatiespecialist I judge what I found with the keyboard alone, document after document; what I did is said
// aloud and can be taken back; a colleague who judged the same document is not overwritten.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, fits, newPage, nothingWrong, startBrowser, startProgram } from "./programma.mjs";

let program, browser, page, review;

before(async () => {
  program = await startProgram();
  browser = await startBrowser();
  page = await newPage(browser);
  await page.goto(program.address);
  await page.getByLabel("Zoeken naar").fill("kade");
  await page.getByRole("button", { name: "Zoeken", exact: true }).click();
  await page.waitForURL(/\/zoek\/[^/?]+$/);
  review = `${program.address}/zaken/lokaal/schiften/1`;
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** Presses a key that leads to another page. */
async function press(key) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
}

const title = () => page.locator("h1").innerText();
const focused = () => page.evaluate(() => document.activeElement?.id);
const said = (text) => page.locator("#schiftmelding", { hasText: text }).waitFor({ state: "attached" });

test("keys lead on and back, and the focus is with the document", async () => {
  await page.goto(review);
  await page.getByText(/^Document 1 van \d+ documenten/).waitFor();
  assert.equal(await focused(), "stuk");
  await accessible(page, "judging a document");
  await fits(page, "judging a document");
  const first = await title();
  await press("j");
  assert.notEqual(await title(), first);
  assert.equal(await focused(), "stuk");
  await press("k");
  assert.equal(await title(), first);
});

test("one key judges and goes on; u takes it back", async () => {
  const first = await title();
  await press("1");
  assert.notEqual(await title(), first);
  await said("Opgeslagen: relevant.");
  assert.equal(await focused(), "stuk");
  await press("u");
  await said("Teruggedraaid.");
  assert.equal(await title(), first);
  await page.getByText("Nog niet geschift.").waitFor();
});

test("a value that excludes asks for its reason with a second key", async () => {
  const first = await title();
  await page.keyboard.press("2");
  await said("Kies de reden: 1 ");
  await page.keyboard.press("Escape");
  await said("Er is niets gekozen.");
  assert.equal(await title(), first);
  await page.keyboard.press("2");
  await said("Kies de reden: 1 ");
  await press("3");
  await said("Opgeslagen: niet relevant.");
  await press("k");
  await page.getByText("niet relevant: leeg of automatisch bericht").waitFor();
});

test("what a value cannot do without gets the focus, and Enter judges", async () => {
  await page.keyboard.press("6");
  await said("Vul dit in en druk op Enter.");
  assert.equal(await focused(), "link");
  await page.keyboard.type("https://open.example/1");
  await press("Enter");
  await said("Opgeslagen: reeds openbaar.");
});

test("keys can be switched off, and what was refused is said with the focus on it", async () => {
  await page.getByLabel("Deze toetsen gebruiken").uncheck();
  const before = page.url();
  await page.keyboard.press("j");
  await page.keyboard.press("1");
  assert.equal(page.url(), before);
  await page.getByLabel("Deze toetsen gebruiken").check();
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "niet relevant" }).click()]);
  await page.getByRole("alert").getByText("Kies een reden").waitFor();
  assert.equal(await focused(), "schiftfout");
  await accessible(page, "a refusal");
});

test("two people at one document: the second is told what the first did", async () => {
  const other = await newPage(browser);
  await other.goto(review);
  await page.goto(review);
  await press("1");
  await Promise.all([other.waitForNavigation(), other.keyboard.press("3")]);
  await other.getByRole("alert").getByText("heeft dit document intussen geschift als relevant").waitFor();
  nothingWrong(other);
  await other.context().close();
});

test("everything at once is confirmed by typing how much it is", async () => {
  await page.goto(`${review}/alles`);
  await accessible(page, "judging everything");
  await fits(page, "judging everything");
  const total = /vond (\d+) document/.exec(await page.locator("main").innerText())[1];
  await page.getByLabel("twijfel").check();
  const confirm = page.getByLabel(/^Typ \d+ om te bevestigen/);
  await confirm.fill(String(Number(total) + 1));
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Alles schiften" }).click()]);
  await page.getByRole("alert").getByText(`het zijn er nu ${total}`).waitFor();
  await page.getByLabel("twijfel").check();
  await confirm.fill(total);
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Alles schiften" }).click()]);
  await page.getByText(`Opgeslagen: twijfel (${total} documenten).`).first().waitFor();
});

test("a beoordeling is saved and made final on the same page", async () => {
  await press("1");
  await press("k");
  await page.getByText("Beoordelen", { exact: true }).click();
  await page.getByLabel("deels openbaar").check();
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Beoordeling opslaan" }).click()]);
  await page.getByText("deels openbaar heeft een grond nodig").waitFor();
  await page.getByText("Opnieuw beoordelen").click();
  await page.getByText("Gronden kiezen, en dubbel").click();
  await page.getByLabel(/5\.1\.2e /).check();
  await page.getByLabel(/waarom de grond nog geldt/).fill("de persoon werkt hier nog");
  await accessible(page, "a beoordeling");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Beoordeling opslaan" }).click()]);
  await press("d");
  await page.getByText(/Definitief: .*\(lokaal\)/).waitFor();
});

test("what a beoordeling lacks is said, and the document stays until it is there", async () => {
  await press("j");
  await press("1");
  await press("k");
  const first = await title();
  await page.keyboard.press("b");
  await said("Kies het oordeel: 1 openbaar, 2 deels openbaar");
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "stuk");
  await page.keyboard.press("b");
  await page.keyboard.press("4");
  assert.equal(await focused(), "o-gronden");
  await page.keyboard.type("9.9.9z");
  await press("Enter");
  await page.getByRole("alert").getByText("9.9.9z staat niet op de lijst van gronden").waitFor();
  assert.equal(await focused(), "schiftfout");
  assert.equal(await page.getByLabel("Gronden, met hun nummer").inputValue(), "9.9.9z");
  await page.keyboard.press("b");
  await page.keyboard.press("4");
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await press("Enter");
  await page.getByText("niet openbaar heeft een grond nodig").waitFor();
  assert.equal(await title(), first);
});

test("the browser found nothing wrong", () => nothingWrong(page));

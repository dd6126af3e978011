// As an information specialist I give a case its own synonyms from a file, see in every search from which list a word
// comes, and switch the list off again; what I searched before stays as it was.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { accessible, fits, newPage, nothingWrong, number, search, startBrowser, startProgram, total } from "./programma.mjs";

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

const lists = () => `${program.address}/zaken/lokaal/woordenlijsten`;
const notice = /De woordenlijsten zijn gewijzigd/;

test("a list from a file counts, says where it comes from, and is switched off again", async () => {
  await search(page, program.address, "geldkraan");
  assert.equal(await total(page), 0);
  const before = page.url();
  await page.goto(lists());
  await page.getByText("Deze zaak heeft nog geen eigen woordenlijsten.").waitFor();
  await accessible(page, "the word lists of a case without any");
  await page.getByLabel("Naam", { exact: true }).fill("Bijnamen");
  await page.getByLabel(/^Of kies een bestand/).setInputFiles(
    { name: "bijnamen.csv", mimeType: "text/csv", buffer: Buffer.from("geldkraan;subsidie;vergunning\n") });
  await page.getByLabel("Waarom komt deze lijst er?").fill("zo heet het op de werkvloer");
  await page.getByRole("button", { name: "Lijst toevoegen" }).click();
  await page.getByRole("heading", { name: /^Bijnamen telt mee$/ }).waitFor();
  await accessible(page, "the word lists of a case");
  await fits(page, "the word lists of a case");

  await page.goto(before);
  assert.equal(await total(page), 0);
  await page.getByText(notice).waitFor();
  await search(page, program.address, "geldkraan");
  const all = await total(page);
  assert.ok(all > 0);
  assert.equal(await page.getByText(notice).count(), 0);
  const searched = page.url();
  await page.getByRole("link", { name: "Zo is gezocht" }).click();
  const synonym = page.locator("li", { hasText: /^ *vergunning/ });
  assert.match(await synonym.innerText(), /uit Bijnamen \(van de zaak\), versie 1 \([0-9a-f]{12}\)/);
  await accessible(page, "Zo is gezocht with a list of the case");
  await fits(page, "Zo is gezocht with a list of the case");
  await synonym.getByRole("checkbox").uncheck();
  await page.waitForURL((url) => url.pathname.endsWith("/uitleg") && !searched.includes(url.pathname.split("/")[2]));
  assert.ok(number(await page.locator(".uitkomst strong").innerText()) < all);

  await page.goto(lists());
  await page.getByLabel(/^Waarom uitzetten/).fill("te ruim");
  await page.getByRole("button", { name: /^Uitzetten/ }).click();
  await page.getByRole("heading", { name: /^Bijnamen staat uit$/ }).waitFor();
  await page.goto(searched);
  assert.equal(await total(page), all);
  await search(page, program.address, "geldkraan");
  assert.equal(await total(page), 0);
});

test("a version is read and changed, and the old one stays", async () => {
  await page.goto(lists());
  await page.getByRole("link", { name: /^Woorden wijzigen/ }).click();
  const text = page.getByLabel("De woorden, als CSV");
  assert.match(await text.inputValue(), /geldkraan;subsidie;vergunning/);
  await accessible(page, "a version of a word list");
  await fits(page, "a version of a word list");
  await text.fill("geldkraan;subsidie");
  await page.getByLabel("Waarom verandert de lijst?").fill("vergunning hoorde er niet bij");
  await page.getByRole("button", { name: "Opslaan als nieuwe versie" }).click();
  await page.getByRole("heading", { name: /^Bijnamen telt mee$/ }).waitFor();
  const versions = page.locator("tbody tr");
  const shown = (await versions.locator("th").allInnerTexts()).map((one) => number(one));
  assert.deepEqual(shown, [3, 2, 1]);
  await page.getByRole("link", { name: "1 van Bijnamen" }).click();
  await page.locator("pre", { hasText: "geldkraan;subsidie;vergunning" }).waitFor();
  await accessible(page, "an old version of a word list");
  await fits(page, "an old version of a word list");
});

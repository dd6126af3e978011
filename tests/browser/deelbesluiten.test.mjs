// As a regisseur I decide on a request in parts and ask a third party what they think of it; they get a list and a package
// of exactly their documents. Closed and opened again for bezwaar, the case still shows how it was.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessible, fits, newPage, nothingWrong, startBrowser, startProgram, until } from "./programma.mjs";

let program, browser, page, zaak, downloads;

before(async () => {
  downloads = await mkdtemp(join(tmpdir(), "zv-derde-"));
  program = await startProgram();
  browser = await startBrowser();
  page = await newPage(browser);
  await page.goto(`${program.address}/zaken`);
  await page.getByRole("link", { name: /DEMO-1/ }).click();
  await page.waitForURL(/\/zaken\/[0-9a-f]{32}$/);
  zaak = page.url();
  await page.goto(`${zaak}/zoeken`);
  await page.getByLabel("Zoeken naar").fill("kade");
  await page.getByRole("button", { name: "Zoeken", exact: true }).click();
  await page.waitForURL(/\/zoek\/[^/?]+$/);
  await page.goto(`${zaak}/schiften/1`);
  for (let at = 0; at < 3; at += 1) {
    await Promise.all([page.waitForNavigation(), page.keyboard.press("1")]);
  }
});
after(async () => {
  await browser?.close();
  await program?.stop();
  if (downloads) await rm(downloads, { recursive: true, force: true });
});

async function save(name) {
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
  assert.equal(await page.getByRole("heading", { name: "Dit kan niet" }).count(), 0, await page.locator("main").innerText());
}

const fold = (text) => page.locator("summary", { hasText: text }).first().click();

async function download(button) {
  const [file] = await Promise.all([page.waitForEvent("download", { timeout: 60_000 }), button.click()]);
  const path = join(downloads, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

test("a deelbesluit and a belanghebbende are written down, and asked for a zienswijze", async () => {
  await page.goto(zaak);
  await page.locator(".zaaknav").getByText("Deelbesluiten en belanghebbenden").click();
  await fold("Een deelbesluit maken");
  await page.getByLabel("Waar het over gaat").fill("Mail over de kade");
  await page.getByLabel("Plaats in de afgesproken volgorde").fill("1");
  await page.getByLabel("Hoe afgesproken met de verzoeker").fill("telefonisch");
  await save("Deelbesluit maken");
  await page.getByText("Deelbesluit 1: Mail over de kade").waitFor();
  await fold("Een belanghebbende vastleggen");
  await page.getByLabel("Naam (alleen voor intern gebruik)").fill("Bouwbedrijf Zilt B.V.");
  await save("Belanghebbende vastleggen");
  await fold("Om een zienswijze vragen");
  await page.getByLabel("uiterlijk", { exact: true }).fill("2099-01-10");
  await page.getByLabel("Het letterlijke verzoek").fill("Wat vindt u van openbaarmaking?");
  await page.getByLabel("Bericht aan de verzoeker op").fill("2099-01-02");
  await save("Verzoek vastleggen");
  await page.getByText("De termijn staat stil van 3 januari 2099 tot en met 10 januari 2099.").waitFor();
});

test("on its own page a document is put with both", async () => {
  await page.goto(`${zaak}/schiften/1`);
  for (const part of ["deelbesluit-1", "belanghebbende-1"]) {
    await page.locator("section[aria-labelledby=indeling-kop] summary").click();
    await page.getByLabel("Waarbij").selectOption(part);
    await save("Erbij zetten");
  }
  const here = page.locator("section[aria-labelledby=indeling-kop]");
  assert.equal(await here.locator("li").count(), 2);
  await here.locator("summary").click();
  await accessible(page, "a document with where it belongs");
  await fits(page, "a document with where it belongs");
});

test("everything on the page of the parts can be reached and read", async () => {
  await page.goto(`${zaak}/deelbesluiten`);
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  await accessible(page, "deelbesluiten and belanghebbenden");
  await fits(page, "deelbesluiten and belanghebbenden");
  await page.getByText("Laatst ingedeeld").waitFor();
});

test("the third party gets a list and a package of that one document", async () => {
  await page.goto(`${zaak}/uitvoer`);
  await save("Nummers toekennen");
  await page.goto(`${zaak}/deelbesluiten`);
  await fold("Lijst en originelen voor deze belanghebbende");
  const card = page.locator("#belanghebbende-1");
  await card.getByLabel("Vorm").selectOption("csv");
  const list = await readFile(await download(card.getByRole("button", { name: "Zienswijzelijst maken" })), "utf8");
  assert.equal(list.trim().split("\n").length, 2, list);
  const path = await download(card.getByRole("button", { name: "Pakket maken" }));
  const names = execFileSync("python3", ["-m", "zipfile", "-l", path], { encoding: "utf8" });
  assert.match(names, /manifest\.csv/);
  assert.ok(!names.includes("metadata/") && !names.includes("elanghebbende"), names);
  for (const text of [list, names, path]) assert.ok(!text.includes("Zilt"), text);
});

test("what was kept at closing is still there after opening again for bezwaar", async () => {
  await page.goto(`${zaak}/zoeken`);
  await page.getByLabel(/Conclusie van ronde/).fill("Genoeg gezien");
  await save("Ronde 1 sluiten");
  await page.goto(zaak);
  await save("Zaak sluiten");
  await page.getByLabel(/^Waarom/).fill("Bezwaar van de verzoeker");
  await save("Zaak heropenen");
  await page.goto(`${zaak}/versies`);
  await page.getByText("Bezwaar van de verzoeker").waitFor();
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  await accessible(page, "the versions of a case");
  await fits(page, "the versions of a case");
  const kept = await readFile(await download(page.getByRole("link", { name: /^verantwoording-intern\.html/ })), "utf8");
  assert.match(kept, /Zaak gesloten/);
  await until("the account of the new version", async () => {
    await page.goto(`${zaak}/verantwoording`);
    return page.getByText("Wat er veranderd is sinds de sluiting van versie 1").first().isVisible();
  });
});

test("the browser found nothing wrong", () => nothingWrong(page));

// As a beheerder I add a drive, choose what is read of it and when, and follow what becomes of it, on the pages.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessible, fits, newPage, nothingWrong, search, startBrowser, startProgram, total, until } from "./programma.mjs";

let folder, program, browser, page;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "zv-bron-"));
  const map = join(folder, "schijf");
  await mkdir(join(map, "Wonen"), { recursive: true });
  for (const n of [1, 2, 3]) await writeFile(join(map, "Wonen", `nota ${n}.txt`), `Dijkverslag ${n}`);
  await writeFile(join(map, "Wonen", "concept.txt"), "Dijkverslag in concept");
  program = await startProgram(["serve", "--adres", "127.0.0.1:0"], { ready: false });
  browser = await startBrowser();
  page = await newPage(browser);
});
after(async () => {
  await browser?.close();
  await program?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function press(name) {
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
}

test("a drive is added, with its hours and what is read of it", async () => {
  await page.goto(`${program.address}/bronnen`);
  await page.getByText("Er is nog geen bron.").waitFor();
  await accessible(page, "the list of sources");
  await page.getByLabel("Map, met het hele pad").fill(join(folder, "weg"));
  await press("Bron toevoegen");
  await page.getByText("niet bereikbaar").waitFor();
  await page.goto(`${program.address}/bronnen`);
  await page.getByLabel("Map, met het hele pad").fill(join(folder, "schijf"));
  await page.getByLabel("Naam (leeg").fill("G-schijf / Wonen".replace("/", "en"));
  await press("Bron toevoegen");
  await page.getByRole("heading", { name: "Bron G-schijf en Wonen" }).waitFor();
  await page.getByLabel("Niet deze mappen en bestanden").fill("concept*");
  await page.getByLabel("Eigenaar").fill("Directie Wonen");
  await press("Regels opslaan");
  assert.equal(await page.getByLabel("Niet deze mappen en bestanden").inputValue(), "concept*");
  await page.getByLabel("Tijden (leeg").fill("elke avond");
  await press("Rooster opslaan");
  await page.getByText("is geen rooster").waitFor();
  await page.goBack();
  await page.getByLabel("Tijden (leeg").fill("0 20 * * *");
  await press("Rooster opslaan");
  await page.getByText(/Volgende beurt: .*20[:.]00/).waitFor();
  await accessible(page, "a source");
  await fits(page, "the page of a source");
});

test("it is read now, by keyboard, and the page tells what became of it", async () => {
  await page.getByLabel("Hoe", { exact: true }).first().focus();
  await page.keyboard.press("Tab");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  await until("the run", async () => {
    await page.reload();
    return (await page.locator("#opdrachten table").innerText()).includes("klaar");
  });
  await page.getByRole("link", { name: "Run 1" }).click();
  await page.getByText("regel: concept*").waitFor();
  await search(page, program.address, "dijkverslag");
  assert.equal(await total(page), 3);
  await page.goto(`${program.address}/bronnen`);
  await page.getByRole("cell", { name: "voltooid" }).waitFor();
  await accessible(page, "the list with a source");
  await fits(page, "the list of sources");
  nothingWrong(page, /422|400/);
});

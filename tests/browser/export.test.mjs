// As a beheerder I look at an export before I read it, decide what its restrictions mean, give the columns of its list their
// meaning, and see afterwards which documents are public already.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessible, facet, fits, newPage, nothingWrong, search, startBrowser, startProgram, tabTo, total, until } from "./programma.mjs";

let folder, program, browser, page;

/** A description of MDTO that says who may use a document. */
const described = (name, restriction) => `<MDTO xmlns="https://www.nationaalarchief.nl/mdto"><informatieobject>
<identificatie><identificatieKenmerk>${name}</identificatieKenmerk><identificatieBron>DMS</identificatieBron></identificatie>
<naam>Stuk ${name}</naam><beperkingGebruik><beperkingGebruikType><begripLabel>${restriction}</begripLabel>
</beperkingGebruikType></beperkingGebruik></informatieobject></MDTO>`;

const text = Array.from({ length: 60 }, (_, number) => `Regel ${number} van het besluit gaat over de dijkversterking.`).join("\n");

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "zv-export-"));
  await mkdir(join(folder, "dms"));
  await mkdir(join(folder, "site"));
  const write = (name, content) => writeFile(join(folder, name), content);
  await write("dms/besluit.txt", text);
  await write("dms/concept.txt", `${text}\nNog een regel.`);
  await write("dms/nota.txt", "Een nota over de dijkversterking.");
  await write("dms/nota.txt.mdto.xml", described("nota", "Nader te bepalen"));
  await write("dms/weg.pdf.mdto.xml", described("weg", "Openbaar"));
  const rows = Array.from({ length: 70 }, (_, number) => `besluit.txt;Besluit ${number};31-12-2023;Z-1`);
  await write("dms/lijst.csv", ["Bestand;Onderwerp;Datum;Zaaknr", ...rows, "weg.txt;Weg;;"].join("\r\n"));
  await write("site/besluit.txt", text);
  program = await startProgram(["serve", "--adres", "127.0.0.1:0"], { ready: false });
  browser = await startBrowser();
  page = await newPage(browser);
});
after(async () => {
  await browser?.close();
  await program?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const of = (path) => `${program.address}${path}`;
async function press(name) {
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
}
async function shoot(name) {
  if (process.env.ZOEKENVIND_BEELD) await page.screenshot({ path: join(process.env.ZOEKENVIND_BEELD, `${name}.png`), fullPage: true });
}
async function looked(what, name) {
  await accessible(page, what);
  await fits(page, what);
  await shoot(name);
}
async function read(bron) {
  await page.goto(of(`/bronnen/${bron}`));
  await press("Nu inlezen");
  await until(`the run of ${bron}`, async () => {
    await page.reload();
    return (await page.locator("#opdrachten table tbody tr").first().innerText()).includes("klaar");
  });
}

test("a proefscan tells what to expect, and asks what a restriction means", async () => {
  await page.goto(of("/bronnen"));
  await page.getByLabel("Map, met het hele pad").fill(join(folder, "dms"));
  await press("Bron toevoegen");
  await page.getByRole("heading", { name: "Bron dms" }).waitFor();
  await page.getByRole("link", { name: "Proefscan" }).click();
  await page.getByRole("heading", { name: "Proefscan van bron dms" }).waitFor();
  await looked("a proefscan that was not begun", "proefscan-leeg");
  await tabTo(page, "Proefscan beginnen", "main");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Wat er ligt" }).waitFor();
  await page.getByText("6 bestanden").waitFor();
  await page.getByText("Beschrijvingen zonder bestand: 1").click();
  await page.getByText("weg.pdf.mdto.xml").waitFor();
  await page.getByText("Vrij nodig tijdens het inlezen").waitFor();
  await page.getByLabel("Betekenis van Nader te bepalen").selectOption("machtiging");
  await looked("what a proefscan found", "proefscan");
  await press("Opslaan");
  await page.getByRole("heading", { name: "Proefscan van bron dms" }).waitFor();
  assert.equal(await page.getByLabel("Betekenis van Nader te bepalen").inputValue(), "machtiging");
});

test("the columns of a list get their meaning, with its first fifty rows beside them", async () => {
  await page.getByRole("link", { name: "Lijst", exact: true }).click();
  await page.getByRole("heading", { name: "Lijst bij bron dms" }).waitFor();
  await looked("a mapping that was not begun", "koppeling-leeg");
  await tabTo(page, "Waar de lijst ligt", "main");
  await page.keyboard.type("lijst.csv");
  await tabTo(page, "Eerste vijftig regels bekijken", "main");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  await page.getByRole("heading", { name: "De eerste regels" }).waitFor();
  assert.equal(await page.getByRole("region", { name: "De eerste regels" }).locator("tbody tr").count(), 50);
  assert.equal(await page.getByLabel("Betekenis van Onderwerp").inputValue(), "titel");
  await page.getByLabel("Betekenis van Zaaknr").selectOption("dossier");
  await press("Opnieuw bekijken");
  await page.getByText("dossier: Z-1").first().waitFor();
  await looked("a mapping with its first rows", "koppeling");
  await press("Koppeling bewaren");
  await page.getByText("De koppeling hieronder is bewaard.").waitFor();
});

test("after the run the page of the export tells what is wrong with it", async () => {
  await read("dms");
  await page.getByRole("link", { name: "Export", exact: true }).click();
  await page.getByRole("heading", { name: "Export in bron dms" }).waitFor();
  await page.getByText("Nader te bepalen").first().waitFor();
  await looked("the page of an export", "export");
});

test("what lies in a public source is marked wherever it lies", async () => {
  await page.goto(of("/bronnen"));
  await page.getByLabel("Map, met het hele pad").fill(join(folder, "site"));
  await page.getByLabel("Alles in deze map is al openbaar").check();
  await shoot("bron-toevoegen");
  await press("Bron toevoegen");
  await read("site");
  await shoot("bron");
  await search(page, program.address, "dijkversterking");
  assert.equal(await total(page), 4);
  const values = await facet(page, "openbaar");
  assert.deepEqual(values.map(({ value, count }) => [value, count]).sort(),
    [["bijna gelijk", 1], ["dezelfde inhoud", 2], ["nee", 1]]);
  await page.getByText("bijna gelijk aan wat al openbaar is").waitFor();
  await looked("hits that are public already", "openbaar-treffers");
  await page.locator(".lijst li", { hasText: "dms" }).filter({ hasText: "al openbaar" }).filter({ hasNotText: "bijna" })
    .locator("h3 a").click();
  await page.getByText("Dit document is al openbaar.").waitFor();
  await looked("a document that is public already", "openbaar-document");
  await page.getByRole("link", { name: "Bekijk het openbare document" }).click();
  await page.getByText("site: besluit.txt").waitFor();
  nothingWrong(page, /422|400/);
});

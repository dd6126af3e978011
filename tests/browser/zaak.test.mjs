// As an informatiespecialist, a regisseur, a Woo-jurist and somebody who grants, we do a request together: each sees
// only what the case and the machtiging allow, and everything that was searched is on record.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessible, binary, fits, newPage, nothingWrong, number, startBrowser, startProgram, tabTo, total, until } from "./programma.mjs";

const PASSWORD = "een lang wachtwoord";
const PEOPLE = {
  rik: ["Rik de Regisseur", "regisseur"],
  gea: ["Gea van Machtiging", "beheerder-autorisatie"],
  els: ["Els de Specialist", "informatiespecialist"],
  jan: ["Jan de Jurist", "woo-jurist"],
};

let program, browser, zaak, downloads;
const pages = {};

/** Runs a subcommand on the state folder of the program. */
function command(args, input) {
  const env = { ...process.env, ZOEKENVIND_STAAT: program.state };
  return execFileSync(binary, args, { input, env, encoding: "utf8" });
}

async function logIn(name) {
  const page = await newPage(browser);
  await page.goto(program.address);
  await page.waitForURL(/\/inloggen$/);
  await page.getByLabel("Naam").fill(name);
  await page.getByLabel("Wachtwoord").fill(PASSWORD);
  await page.getByRole("button", { name: "Inloggen" }).click();
  await page.waitForURL(/\/zaken$/);
  return page;
}

before(async () => {
  downloads = await mkdtemp(join(tmpdir(), "zv-uitvoer-"));
  program = await startProgram();
  for (const [login, [name, role]] of Object.entries(PEOPLE)) {
    command(["gebruiker", "maak", login, "--naam", name, "--rol", role], `${PASSWORD}\n`);
  }
  browser = await startBrowser();
  for (const login of Object.keys(PEOPLE)) pages[login] = await logIn(login);
});
after(async () => {
  await browser?.close();
  await program?.stop();
  if (downloads) await rm(downloads, { recursive: true, force: true });
});

/** Clicks what gives a file, and keeps that. */
async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download", { timeout: 60_000 }), button.click()]);
  const path = join(downloads, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

/** What LibreOffice reads in a file, as text. */
async function office(path, kind) {
  const args = ["--headless", `-env:UserInstallation=file://${downloads}/lo`, "--convert-to", kind, "--outdir", downloads, path];
  execFileSync("soffice", args, { timeout: 110_000, stdio: "ignore" });
  return readFile(path.replace(/\.[a-z]+$/, `.${kind.split(":")[0]}`), "utf8");
}

/** What a PDF says, in the order of its tags: a PDF that has none of them, or no title or language, fails. */
function pdf(path) {
  // Poppler remarks on two things that the standard writes otherwise; they are shown only when it fails.
  const run = (program, ...args) =>
    execFileSync(program, args, { encoding: "utf8", stdio: "pipe", maxBuffer: 64 * 1024 * 1024 });
  const facts = run("pdfinfo", path);
  assert.match(facts, /^Title: +Zoekverantwoording 2026-0042$/m);
  assert.match(facts, /^Tagged: +yes$/m);
  const tags = run("pdfinfo", "-struct", path);
  for (const tag of ["H1", "Table", "TH", "TD", "LI"]) assert.match(tags, new RegExp(`^ *${tag}\\b`, "m"), tag);
  return run("pdftotext", "-raw", path, "-").replaceAll(/\s+/g, " ");
}

/** A section of the page of the case. */
const section = (page, id) => page.locator(`section#${id}`);

async function save(page, name) {
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
  const wrong = page.getByRole("heading", { name: "Dit kan niet" });
  assert.equal(await wrong.count(), 0, `${name}: ${await page.locator("main").innerText()}`);
}

async function ask(page, question) {
  await page.goto(`${zaak}/zoeken`);
  await page.getByLabel("Zoeken naar").fill(question);
  await page.getByRole("button", { name: "Zoeken", exact: true }).click();
  await page.waitForURL(/\/zoek\/[^/?]+$/);
  return total(page);
}

/** The line of a zoekactie once it was counted. */
async function counted(page, number) {
  return until(`the counts of zoekactie ${number}`, async () => {
    await page.goto(`${zaak}/zoeken`);
    const line = page.locator(`#zoekactie-${number}`);
    return (await line.count()) && !(await line.innerText()).includes("wordt geteld") && line;
  });
}

test("a wrong password is refused without saying which of both is wrong", async () => {
  const page = await newPage(browser);
  await page.goto(`${program.address}/inloggen`);
  await accessible(page, "logging in");
  await page.getByLabel("Naam").fill("els");
  await page.getByLabel("Wachtwoord").fill("iets anders dan dat");
  await page.getByRole("button", { name: "Inloggen" }).click();
  await page.getByText("De naam en het wachtwoord horen niet bij elkaar").waitFor();
  await page.context().close();
});

test("the regisseur opens the case; nobody searches in it before a machtiging", async () => {
  const { rik, els } = pages;
  await rik.getByLabel("Zaaknummer").fill("2026-0042");
  await rik.getByLabel("Titel").fill("Herstel van de kade");
  await rik.getByLabel("Tekst van het verzoek").fill("Alle stukken over het herstel van de kade.");
  await rik.getByLabel("Verzoeker").fill("Stichting Geheim");
  await save(rik, "Zaak openen");
  zaak = rik.url();
  await rik.getByText(/besluit uiterlijk \d+ \w+ \d{4}/).waitFor();
  // Els does not take part yet: for her the case does not exist.
  await els.goto(zaak);
  await els.getByText("Deze zaak bestaat niet").waitFor();
});

test("who grants chooses people and sources, and nobody can grant to himself", async () => {
  const { gea, els } = pages;
  await gea.goto(`${zaak}/machtigingen`);
  const form = gea.locator("main");
  assert.equal(await form.getByLabel("Gea van Machtiging").count(), 0, "not on her own list");
  await form.getByLabel("Els de Specialist").check();
  await form.getByLabel("Jan de Jurist").check();
  await form.getByLabel("demo-archief").check();
  await form.getByLabel("Doel").fill("zoeken en beoordelen voor zaak 2026-0042");
  await form.getByLabel("tot en met", { exact: true }).fill("2099-12-31");
  await save(gea, "Machtiging verlenen");
  await gea.getByText("vier-ogen").waitFor();
  assert.equal(await gea.locator(".zaaknav [aria-current=page]").innerText(), "Machtigingen", "back on the same page");
  await accessible(gea, "the machtigingen as the one who grants sees them");
  await fits(gea, "the machtigingen");
  // To grant is no right to look.
  await gea.goto(zaak);
  await gea.getByText("U heeft in deze zaak geen machtiging").waitFor();
  await accessible(gea, "the case as the one who grants sees it");
  for (const page of ["Zoeken", "Schiften en beoordelen", "Uitvoer", "Zoekverantwoording"]) {
    assert.equal(await gea.locator(".zaaknav").getByText(page, { exact: true }).count(), 0, page);
  }
  await els.goto(`${zaak}/zoeken`);
  await els.getByLabel("Zoeken naar").waitFor();
});

test("the specialist writes afbakening and zoekplan; the jurist approves, and a late writer is told", async () => {
  const { els, jan } = pages;
  const plan = `${zaak}/zoekplan`;
  await jan.goto(plan);
  await els.goto(plan);
  await els.getByLabel("Onderwerp").fill("Het herstel van de kade");
  await save(els, "Afbakening opslaan");
  await els.getByLabel(/^Begrippen/).fill("kade: kademuur; damwand\nsubsidie: bijdrage");
  await section(els, "zoekplan").getByLabel("demo-archief").check();
  await els.getByLabel("Wat ontbreekt er in de bronnen?").fill("Mail van de laatste tien weken.");
  await save(els, "Zoekplan opslaan");
  // Jan still sees the page of before: what he writes does not overwrite what Els wrote.
  await jan.getByLabel("Onderwerp").fill("Iets anders");
  await jan.getByRole("button", { name: "Afbakening opslaan" }).click();
  await jan.getByText("iemand anders heeft intussen versie 1 opgeslagen", { exact: false }).first().waitFor();
  await els.goto(zaak);
  await els.getByText("Versie 1, nog niet goedgekeurd.").waitFor();
  await accessible(els, "what is done in a case");
  await fits(els, "what is done in a case");
  await jan.goto(plan);
  await accessible(jan, "the zoekplan");
  await fits(jan, "the zoekplan");
  await save(jan, "Zoekplan goedkeuren");
  await section(jan, "zoekplan").getByText(/Goedgekeurd: Jan de Jurist/).waitFor();
});

test("what persons were asked is on record, literally", async () => {
  const { els } = pages;
  await els.goto(`${zaak}/navragen`);
  const asked = els.locator("main");
  await asked.getByText("Een vraag vastleggen").click();
  await asked.getByLabel("Functie").fill("projectleider kades");
  await asked.getByLabel("De letterlijke vraag").fill("Waar bewaart u stukken over de kade?");
  await save(els, "Vraag vastleggen");
  await els.getByText("Waar bewaart u stukken over de kade?").first().waitFor();
  await els.getByText("Antwoord vastleggen").click();
  await els.getByLabel("Antwoord", { exact: true }).fill("Op de schijf van het project.");
  await els.getByLabel("Gekregen op").fill("2026-01-09");
  await save(els, "Antwoord opslaan");
  // What was answered before stays in the form: to save once more takes nothing away.
  await els.getByText("Antwoord vastleggen").click();
  assert.equal(await els.getByLabel("Gekregen op").inputValue(), "2026-01-09");
  await accessible(els, "what persons were asked");
  await fits(els, "what persons were asked");
});

test("three rounds of searching: what is put in a round stays, and rounds are closed with a conclusion", async () => {
  const { els } = pages;
  const questions = ["kade", "kade OF damwand", "kade OF damwand OF subsidie"];
  let last = 0;
  for (const [index, question] of questions.entries()) {
    await els.goto(`${zaak}/zoeken`);
    await els.getByLabel("Waarvoor is deze ronde?").fill(`Ronde met ${question}`);
    await save(els, "Ronde openen");
    const found = await ask(els, question);
    assert.ok(found >= last, question);
    last = found;
    const line = await counted(els, index + 1);
    assert.equal(number(await line.locator(":scope > td.getal").innerText()), found, "the record says what the page said");
    await Promise.all([els.waitForNavigation(), line.getByRole("button", { name: /In de ronde/ }).click()]);
    await els.getByLabel(/Conclusie van ronde/).fill(`Gevonden: ${found}`);
    await save(els, `Ronde ${index + 1} sluiten`);
  }
  await accessible(els, "a case with rounds");
  await fits(els, "a case with rounds");
  const api = await els.evaluate(async (zaak) => (await fetch(`/v1${zaak}/rondes/3/vergelijking?met=1`)).json(), new URL(zaak).pathname);
  assert.ok(api.gelijk > 0 && api.nieuw > 0 && api.verdwenen === 0, JSON.stringify(api));
  assert.ok(api.redenen.includes("de vraag is anders"), JSON.stringify(api));
});

test("paging, sorting and ticking a facet are steps of the same zoekactie", async () => {
  const { els } = pages;
  await ask(els, "kade");
  const before = els.url();
  await els.locator("input[type=checkbox][name=soort]").first().check();
  await els.waitForURL((url) => url.href !== before && /\/zoek\/[^/?]+$/.test(url.pathname));
  await els.goto(`${zaak}/zoeken`);
  const lines = section(els, "zoekacties").locator("tbody > tr[id]");
  assert.match(await lines.last().innerText(), /verdere stap/);
});

test("a list of terms becomes a report, with the terms that find nothing", async () => {
  const { els } = pages;
  await els.goto(`${zaak}/zoeken`);
  await els.getByRole("link", { name: /termenrapport/ }).click();
  await els.getByLabel(/^Termen/).fill("kade\ndamwand\nonvindbaarwoord");
  await els.getByRole("button", { name: "Rapport maken" }).click();
  await els.getByText("Deze termen vinden niets:").waitFor();
  assert.equal(await els.locator("main tbody tr").count(), 3);
  await accessible(els, "a term report");
  await fits(els, "a term report");
});

test("the specialist judges every hit with the keyboard alone", async () => {
  const { els } = pages;
  await els.goto(`${zaak}/schiften/3`);
  const count = number(/van (\d+) documenten/.exec(await els.locator("main").innerText())[0]);
  for (let at = 0; at < count; at += 1) {
    await Promise.all([els.waitForNavigation(), els.keyboard.press("1")]);
  }
  const api = await els.evaluate(async (path) => (await fetch(path)).json(), `/v1${new URL(zaak).pathname}/schiftingen?aantal=200`);
  assert.equal(api.schiftingen.filter((one) => one.schifting?.waarde === "relevant").length, count);
});

test("a sample of what was not found is drawn and judged", async () => {
  const { els } = pages;
  await els.goto(`${zaak}/uitvoer`);
  const form = els.locator("main");
  await form.getByLabel("Van zoekactie").selectOption("3");
  await form.getByLabel("Uit").selectOption("elusie");
  await form.getByLabel("Aantal documenten").fill("5");
  await save(els, "Steekproef trekken");
  await els.waitForURL(/\/steekproeven\/1$/);
  await accessible(els, "a sample");
  const choices = els.getByRole("radio", { name: "niet relevant", exact: true });
  assert.equal(await choices.count(), 5);
  for (const choice of await choices.all()) await choice.check();
  await Promise.all([els.waitForNavigation(), els.locator("main button[type=submit]").last().click()]);
  await els.getByText(/95/).first().waitFor();
});

/** What the API tells of the case, at an address below it. */
const told = (page, rest) => page.evaluate(async (path) => (await fetch(path)).json(), `/v1${new URL(zaak).pathname}/${rest}`);

/** Presses a key that leads to another page. */
const press = (page, key) => Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);

/** From the overview of the case to a row of documents, without a mouse. */
async function toRow(page, row) {
  await page.goto(zaak);
  await tabTo(page, "Schiften en beoordelen");
  await press(page, "Enter");
  await tabTo(page, row);
  await press(page, "Enter");
}

test("the specialist judges what is relevant by keyboard: openbaar, deels openbaar with a ground, reeds openbaar", async () => {
  const { els } = pages;
  await toRow(els, "relevant, nog niet beoordeeld");
  const count = number(/van (\d+) documenten/.exec(await els.locator("main").innerText())[0]);
  const expected = new Map();
  for (let at = 0; at < count; at += 1) {
    await els.getByText(count - at === 1 ? "Document 1 van 1 document" : `Document 1 van ${count - at} documenten`).first().waitFor();
    const document = await els.locator("#oordeelformulier input[name=document]").inputValue();
    await els.keyboard.press("b");
    if (at % 3 === 1) {
      await els.keyboard.press("2");
      await els.keyboard.type("5.1.2e; 5.1.2i");
      await els.keyboard.press("Tab");
      await els.keyboard.type("de persoon werkt hier nog");
      expected.set(document, ["deels-openbaar", ["5.1.2e", "5.1.2i"]]);
    } else if (at % 3 === 2) {
      await els.keyboard.press("3");
      await els.keyboard.type(`https://open.example/${at}`);
      expected.set(document, ["reeds-openbaar", []]);
    } else {
      await els.keyboard.press("1");
      expected.set(document, ["openbaar", []]);
    }
    await press(els, "Enter");
    if (at === 0) await accessible(els, "judging what becomes public");
  }
  const { beoordelingen } = await told(els, "beoordelingen?aantal=200");
  const given = new Map(beoordelingen.map((one) => [one.document, [one.beoordeling.oordeel, one.beoordeling.gronden]]));
  assert.deepEqual([...given].sort(), [...expected].sort());
  assert.equal(given.size, count);
});

test("the jurist makes each of them final by keyboard, places a remark, and every document gets a number", async () => {
  const { jan } = pages;
  await toRow(jan, "beoordeeld, nog niet definitief");
  const count = number(/van (\d+) documenten/.exec(await jan.locator("main").innerText())[0]);
  await jan.keyboard.press("m");
  await jan.keyboard.type("Gezien met de contactpersoon.");
  await press(jan, "Control+Enter");
  await jan.getByText("Gezien met de contactpersoon.").waitFor();
  for (let at = 0; at < count; at += 1) await press(jan, "d");
  const { beoordelingen } = await told(jan, "beoordelingen?aantal=200");
  assert.equal(beoordelingen.length, count);
  assert.ok(beoordelingen.every((one) => one.definitief?.wijze === "vier-ogen"), JSON.stringify(beoordelingen));
  await jan.goto(`${zaak}/schiften`);
  await accessible(jan, "how far the judging is");
  await fits(jan, "how far the judging is");
  await jan.goto(`${zaak}/uitvoer`);
  await save(jan, "Nummers toekennen");
  await jan.getByText(/\d+ documenten hebben een nummer/).waitFor();
});

test("the lists go out and open in LibreOffice, with as many lines as there are documents", async () => {
  const { jan } = pages;
  await jan.goto(`${zaak}/uitvoer`);
  await accessible(jan, "what leaves a case");
  await fits(jan, "what leaves a case");
  const form = jan.locator("main");
  const numbered = number(await form.getByText(/documenten hebben een nummer/).innerText());
  const button = form.getByRole("button", { name: "Lijst maken" });
  for (const [profile, extension] of [["inventarislijst-publiek", "ods"], ["volledig-intern", "xlsx"]]) {
    await form.getByLabel("Soort lijst").selectOption(profile);
    await form.getByLabel("Vorm").selectOption(extension);
    const path = await download(jan, button);
    assert.ok(path.endsWith(`.${extension}`), path);
    const csv = await office(path, "csv:Text - txt - csv (StarCalc):44,34,76,1");
    const lines = csv.trim().split("\n");
    assert.ok(lines.length >= numbered + 1, `${profile}: ${lines.length} lines for ${numbered} documents`);
    if (profile === "inventarislijst-publiek") assert.ok(!csv.replaceAll(/https:\/\/open\.example\/\d+/g, "").includes("/"), "no path in the public list");
  }
  await form.getByLabel("Soort lijst").selectOption("productierapport");
  await form.getByLabel("Vorm").selectOption("csv");
  const report = await readFile(await download(jan, button), "utf8");
  assert.match(report, /^"?ID"?,/, "no byte order mark, commas");
});

test("the originals go out as a package that says of each file what it is", async () => {
  const { jan } = pages;
  await jan.goto(`${zaak}/uitvoer`);
  const path = await download(jan, jan.getByRole("button", { name: "Pakket maken" }));
  const names = execFileSync("python3", ["-m", "zipfile", "-l", path], { encoding: "utf8" });
  assert.match(names, /manifest\.csv/);
  assert.match(names, /manifest\.sha256/);
});

test("the account says what was done; its public version names nobody; a PDF reader and LibreOffice open both", async () => {
  const { jan } = pages;
  await jan.goto(`${zaak}/verantwoording`);
  await accessible(jan, "the account");
  const intern = await office(await download(jan, jan.getByRole("button", { name: "Intern als ODT" })), "txt:Text");
  const publiek = await office(await download(jan, jan.getByRole("button", { name: "Publiek als ODT" })), "txt:Text");
  const internPdf = pdf(await download(jan, jan.getByRole("button", { name: "Intern als PDF" })));
  const publiekPdf = pdf(await download(jan, jan.getByRole("button", { name: "Publiek als PDF" })));
  for (const text of [intern, publiek, internPdf, publiekPdf]) {
    assert.match(text, /kade OF damwand OF subsidie/);
    assert.match(text, /Waar bewaart u stukken over de kade\?/);
    assert.ok(!text.includes("Stichting Geheim"), "never who asked");
    assert.ok(!/onder meer|o\.a\./.test(text));
  }
  for (const text of [intern, internPdf]) assert.match(text, /Els de Specialist/);
  for (const text of [publiek, publiekPdf]) {
    assert.ok(!text.includes("Els de Specialist") && !text.includes("Gea van Machtiging"), "persons by function");
  }
  const bundle = await download(jan, jan.getByRole("button", { name: /Bundel/ }));
  const names = execFileSync("python3", ["-m", "zipfile", "-l", bundle], { encoding: "utf8" });
  for (const name of ["samenvatting", "zoekacties", "termen", "bronnen", "vragen-aan-personen", "schifting", "niet-leesbaar"]) {
    assert.match(names, new RegExp(`${name}\\.csv`));
  }
  assert.match(names, /instellingen\.json/);
  assert.match(names, /manifest\.sha256/);
});

test("the regisseur closes the case: the machtigingen end with it", async () => {
  const { rik, els } = pages;
  const search = await (async () => {
    await ask(els, "kade");
    return els.url();
  })();
  await rik.goto(zaak);
  await save(rik, "Zaak sluiten");
  await rik.getByText("Deze zaak is gesloten.").waitFor();
  await els.goto(search);
  await els.getByText("De zaak is gesloten").waitFor();
  assert.equal(await els.locator(".lijst").count(), 0);
});

test("the browser found nothing wrong, and the audit trail is whole", async () => {
  for (const page of Object.values(pages)) {
    nothingWrong(page, /status of (403|404|409|422)/);
  }
  assert.match(command(["audit", "controleer"]), /\d+/);
});

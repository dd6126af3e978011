// As a specialist and a jurist we share the work in one case: each has a list, remarks go to and fro, what contradicts
// itself is made one, two rounds are held against each other, and a term that was masked by mistake is shown again.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { makeSource } from "./bronmap.mjs";
import { accessible, binary, fits, newPage, nothingWrong, startBrowser, startProgram, tabTo, until } from "./programma.mjs";

const PASSWORD = "een lang wachtwoord";
const PEOPLE = {
  rik: ["Rik de Regisseur", "regisseur"],
  gea: ["Gea van Machtiging", "beheerder-autorisatie"],
  els: ["Els de Specialist", "informatiespecialist"],
  jan: ["Jan de Jurist", "woo-jurist"],
};
let source, program, browser, zaak;
const pages = {};

/** Sends a change over the API as somebody, and gives the answer. */
async function send(page, path, body) {
  const answer = await page.evaluate(async ([path, body]) => {
    const sent = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    return [sent.status, await sent.text()];
  }, [path, body]);
  assert.ok(answer[0] < 300, `${path}: ${answer}`);
  return answer[1] ? JSON.parse(answer[1]) : null;
}

const read = (page, path) => page.evaluate(async (path) => (await fetch(path)).json(), path);
const press = (page, key) => Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
const click = (page, button) => Promise.all([page.waitForNavigation(), button.click()]);
const api = (rest) => `/v1${new URL(zaak).pathname}/${rest}`;

async function logIn(login) {
  const page = await newPage(browser);
  await page.goto(`${program.address}/inloggen`);
  await page.getByLabel("Naam").fill(login);
  await page.getByLabel("Wachtwoord").fill(PASSWORD);
  await click(page, page.getByRole("button", { name: "Inloggen" }));
  return page;
}

/** A search in a round of its own. */
async function round(page, question, number) {
  await send(page, api("rondes"), { tekst: `Ronde met ${question}` });
  await page.goto(`${zaak}/zoeken`);
  await page.getByLabel("Zoeken naar").fill(question);
  await click(page, page.getByRole("button", { name: "Zoeken", exact: true }));
  const put = page.locator(`#zoekactie-${number}`).getByRole("button", { name: /In de ronde/ });
  await until(`the counts of zoekactie ${number}`, async () => (await page.goto(`${zaak}/zoeken`)) && (await put.count()));
  await click(page, put);
  await page.getByLabel(/Conclusie van ronde/).fill("klaar");
  await click(page, page.getByRole("button", { name: `Ronde ${number} sluiten` }));
}

before(async () => {
  source = await makeSource();
  program = await startProgram(["start", source.source]);
  const env = { ...process.env, ZOEKENVIND_STAAT: program.state };
  for (const [login, [name, role]] of Object.entries(PEOPLE)) {
    execFileSync(binary, ["gebruiker", "maak", login, "--naam", name, "--rol", role], { input: `${PASSWORD}\n`, env });
  }
  browser = await startBrowser();
  for (const login of Object.keys(PEOPLE)) pages[login] = await logIn(login);
  const { rik, gea, els } = pages;
  const opened = await send(rik, "/v1/zaken", { nummer: "2026-7", soort: "woo-verzoek", titel: "Damwand", ontvangen: "2026-01-05" });
  zaak = `${program.address}/zaken/${opened.id}`;
  await gea.goto(`${zaak}/machtigingen`);
  for (const name of ["Els de Specialist", "Jan de Jurist"]) await gea.getByLabel(name).check();
  for (const box of await gea.locator("input[name=bron]").all()) await box.check();
  await gea.getByLabel("Doel").fill("zoeken en beoordelen");
  await gea.getByLabel("tot en met", { exact: true }).fill("2099-12-31");
  await click(gea, gea.getByRole("button", { name: "Machtiging verlenen" }));
  await els.goto(`${zaak}/zoekplan`);
  await els.getByLabel(/^Begrippen/).fill("damwand");
  for (const box of await els.locator("input[name=bron]").all()) await box.check();
  await click(els, els.getByRole("button", { name: "Zoekplan opslaan" }));
  await round(els, "damwand", 1);
  await round(els, "damwand OF oeverzwaluw", 2);
});
after(async () => {
  await browser?.close();
  await program?.stop();
  await source?.remove();
});

test("what was found is shared out, and each has a list of his own", async () => {
  const { els, jan } = pages;
  await els.goto(`${zaak}/schiften`);
  await accessible(els, "where judging begins");
  await fits(els, "where judging begins");
  await click(els, els.getByRole("link", { name: "Werkverdeling" }));
  await els.getByLabel("Wat van niemand is, uit").selectOption("2");
  await els.getByLabel("Els de Specialist").check();
  await els.getByLabel("Jan de Jurist").check();
  await click(els, els.getByRole("button", { name: "Verdelen" }));
  await accessible(els, "who judges what");
  await fits(els, "who judges what");
  const total = (await read(els, api("toewijzingen"))).toewijzingen.length;
  const found = (await read(els, api("zoekacties/2"))).verslag.totaal;
  assert.equal(total, found, "all of it, each once");
  await jan.goto(zaak);
  await tabTo(jan, "Schiften en beoordelen");
  await press(jan, "Enter");
  await tabTo(jan, "Mijn stukken");
  await press(jan, "Enter");
  await accessible(jan, "my list");
  await fits(jan, "my list");
  const mine = await jan.locator(".lijst > li").count();
  assert.ok(mine > 0 && mine < total);
  await tabTo(jan, "Verder met schiften");
  await press(jan, "Enter");
  for (let at = 1; at <= mine; at += 1) {
    await jan.getByText(`Document ${at} van ${mine} document`).first().waitFor();
    await jan.getByText("Toegewezen aan Jan de Jurist.").waitFor();
    await press(jan, "3");
  }
  await els.goto(`${zaak}/werkverdeling`);
  const line = els.locator("tr", { hasText: "Jan de Jurist" });
  assert.equal(await line.locator("td").nth(1).innerText(), String(mine));
});

test("what is left of one is handed to the other", async () => {
  const { els, jan } = pages;
  const before = (await read(els, api("werkvoorraden"))).werkvoorraden.find((one) => one.naam === "Els de Specialist").toegewezen;
  await els.getByLabel("Overdragen aan").selectOption({ label: "Jan de Jurist" });
  await click(els, els.getByRole("button", { name: /Overdragen/ }));
  const after = (await read(els, api("werkvoorraden"))).werkvoorraden;
  assert.ok(before > 0);
  assert.equal(after.find((one) => one.naam === "Els de Specialist"), undefined);
  await jan.goto(`${zaak}/stukken/mijn`);
  assert.equal(await jan.locator(".lijst > li").count(), after[0].toegewezen);
});

test("a remark is read by the other", async () => {
  const { els, jan } = pages;
  await jan.goto(`${zaak}/schiften/mijn`);
  await jan.keyboard.press("m");
  await jan.keyboard.type("Is dit het definitieve plan?");
  await press(jan, "Control+Enter");
  await jan.getByText("De opmerking is geplaatst.").first().waitFor();
  await accessible(jan, "a document with a remark");
  await els.goto(`${zaak}/schiften/2?document=${new URL(jan.url()).searchParams.get("document")}`);
  await els.getByText("Is dit het definitieve plan?").waitFor();
  await els.getByText(/Jan de Jurist, \d+/).first().waitFor();
});

test("the same content judged differently stands side by side, and one choice makes it one", async () => {
  const { els } = pages;
  const last = new Map((await read(els, api("schiftingen?aantal=200"))).schiftingen.map((one) => [one.document, one.nummer]));
  const copies = [];
  for (const { document } of (await read(els, api("toewijzingen"))).toewijzingen) {
    const { andere_plaatsen } = await read(els, `/v1/documenten/${document}?zaak=${new URL(zaak).pathname.split("/").at(-1)}`);
    if (andere_plaatsen.length > 0) copies.push(document);
  }
  assert.equal(copies.length, 2, JSON.stringify(copies));
  for (const [at, waarde] of ["relevant", "twijfel"].entries()) {
    const doel = { soort: "document", document: copies[at] };
    await send(els, api("schiftingen"), { doel, gezien: last.get(copies[at]) ?? 0, schifting: { waarde } });
  }
  await els.goto(`${zaak}/schiften`);
  await click(els, els.getByRole("link", { name: "Tegenstrijdig" }));
  await accessible(els, "what contradicts itself");
  await fits(els, "what contradicts itself");
  assert.equal(await els.locator(".zijde").count(), 2);
  await click(els, els.locator(".zijde").first().getByRole("link"));
  await els.getByText(/Document [12] van 2 documenten/).first().waitFor();
  await els.goBack();
  await tabTo(els, "Overal zo: relevant");
  await press(els, "Enter");
  await els.getByText("In deze zaak is niets tegenstrijdig.").waitFor();
  const now = (await read(els, api("schiftingen?aantal=200&waarde=relevant"))).schiftingen.map((one) => one.document).sort();
  assert.deepEqual(now, copies.sort());
});

test("two rounds are held against each other, and the difference goes out as a list", async () => {
  const { els } = pages;
  await els.goto(`${zaak}/zoeken`);
  await click(els, els.getByRole("link", { name: "Rondes of zoekacties vergelijken" }));
  await els.getByRole("heading", { name: "Ronde 2 tegen 1" }).waitFor();
  await els.getByText("de vraag is anders").waitFor();
  await accessible(els, "a comparison");
  await fits(els, "a comparison");
  const told = await read(els, api("rondes/2/vergelijking?met=1"));
  for (const [label, count] of [["Nieuw", told.nieuw], ["Verdwenen", told.verdwenen], ["Gelijk", told.gelijk]]) {
    await els.getByRole("link", { name: `${count} ${label}` }).waitFor();
  }
  assert.ok(told.nieuw > 0 && told.gelijk > 0);
  assert.equal(await els.locator(".lijst > li").count(), told.nieuw);
  await tabTo(els, "Gelijk");
  await press(els, "Enter");
  assert.equal(await els.locator(".lijst > li").count(), told.gelijk);
  await els.getByLabel("Alles als lijst").selectOption("csv");
  const [file] = await Promise.all([els.waitForEvent("download"), els.getByRole("button", { name: "Lijst maken" }).click()]);
  const csv = await readFile(await file.path(), "utf8");
  assert.equal(csv.trim().split("\n").length, 1 + told.nieuw + told.gelijk + told.verdwenen + told.gewijzigd);
  await click(els, els.locator(".lijst a").first());
  assert.match(els.url(), /\/document\/[0-9a-f]{32}\?zaak=/);
});

test("a term that was masked by mistake is shown again", async () => {
  const { jan } = pages;
  await jan.goto(`${zaak}/verantwoording`);
  await jan.getByLabel("Term", { exact: true }).fill("damwand");
  await click(jan, jan.getByRole("button", { name: "Maskeren", exact: true }));
  await tabTo(jan, "Niet meer maskeren: damwand");
  await press(jan, "Enter");
  await jan.getByText("Er zijn nog geen termen gemaskeerd.").waitFor();
  await jan.getByText("Niet meer gemaskeerd (1)").click();
  await accessible(jan, "masked terms");
});

test("the browser found nothing wrong", () => {
  for (const page of Object.values(pages)) nothingWrong(page);
});

// As an informatiespecialist and a Woo-jurist I review more than a hundred documents from the first to the last without a
// mouse: schiften with every value and reason, beoordelen what is relevant, make it final. Nothing gets lost on the way.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessible, fits, newPage, nothingWrong, startBrowser, startProgram, tabTo, until } from "./programma.mjs";

const COUNT = 108;
const two = (number) => String(number).padStart(3, "0");
let folder, program, browser, page;

/** Letters about one thing, in folders; the last two hold the same. */
async function source() {
  folder = await mkdtemp(join(tmpdir(), "zv-honderd-"));
  const place = join(folder, "archief");
  for (let number = 0; number < COUNT; number += 1) {
    const map = join(place, `map ${Math.floor(number / 20)}`);
    await mkdir(map, { recursive: true });
    const same = number < COUNT - 2 ? `Dit is brief ${number} over de sluisdeur.` : "Tweemaal dezelfde brief over de sluisdeur.";
    await writeFile(join(map, `brief ${two(number)}.txt`), `${same}\nDe provincie vraagt om een besluit.\n`);
  }
  return place;
}

before(async () => {
  program = await startProgram(["start", await source()]);
  browser = await startBrowser();
  page = await newPage(browser);
  // No mouse: whatever points or clicks is an error.
  await page.addInitScript(() => {
    for (const kind of ["mousedown", "pointerdown", "touchstart"]) {
      addEventListener(kind, () => { throw new Error("a mouse was used"); }, true);
    }
  });
});
after(async () => {
  await browser?.close();
  await program?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const press = (key) => Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
const api = async (path) => (await fetch(`${program.address}/v1/zaken/lokaal/${path}`)).json();
const current = () => page.locator("#schiftformulier input[name=document]").inputValue();
const said = (text) => page.locator("#schiftmelding", { hasText: text }).waitFor({ state: "attached" });

/** What is pressed for the document at a place in the row, and what must be on record of it. */
const values = [
  { keys: ["1"], value: "relevant" },
  { keys: ["1"], value: "relevant" },
  { keys: ["2", "1"], value: "niet-relevant", reason: true },
  { keys: ["3"], value: "twijfel" },
  { keys: ["4", "2"], value: "buiten-reikwijdte", reason: true },
  { keys: ["6"], types: "https://open.example/stuk", value: "reeds-openbaar" },
  { keys: ["7"], types: "Archiefwet artikel 15", value: "bijzondere-regeling" },
];

/** The second of two that hold the same: which one it is a double of, is filled in. */
const copy = { keys: ["5"], types: true, value: "dubbel" };

test("from the first page to the review without a mouse", async () => {
  await page.goto(program.address);
  await accessible(page, "the first page");
  await tabTo(page, "Zoeken naar");
  await page.keyboard.type("sluisdeur");
  await press("Enter");
  await page.getByText(`${COUNT} documenten`).first().waitFor();
  await accessible(page, "the results");
  await tabTo(page, "Zaken");
  await press("Enter");
  await accessible(page, "the cases");
  await tabTo(page, "lokale zaak");
  await press("Enter");
  await accessible(page, "the local case");
  await fits(page, "the local case");
  for (const name of ["Afbakening en zoekplan", "Vragen aan personen", "Zoeken", "Uitvoer", "Zoekverantwoording", "Schiften en beoordelen"]) {
    await tabTo(page, name, ".zaaknav");
    await press("Enter");
    assert.equal(await page.locator(".zaaknav [aria-current=page]").innerText(), name);
    await accessible(page, name);
    await fits(page, name);
  }
  await tabTo(page, "Zoekactie 1 schiften");
  await press("Enter");
  await page.getByText(`Document 1 van ${COUNT} documenten`).waitFor();
});

test("every document gets its value with the keyboard, to the last one", async () => {
  const expected = new Map();
  let twins = 0;
  for (let at = 0; at < COUNT; at += 1) {
    await page.getByText(`Document ${at + 1} van ${COUNT} documenten`).waitFor();
    const document = await current();
    assert.ok(!expected.has(document), `document ${at + 1} came before`);
    const twin = /brief 10[67]/.test(await page.locator("h1").innerText());
    const { keys, types, value, reason } = twin && twins++ ? copy : values[at % values.length];
    if (types) {
      await page.keyboard.press(keys[0]);
      await said("Vul dit in en druk op Enter.");
      if (types !== true) await page.keyboard.type(types);
      await press("Enter");
    } else {
      for (const key of keys.slice(0, -1)) await page.keyboard.press(key);
      if (reason) await said("Kies de reden");
      await press(keys.at(-1));
    }
    expected.set(document, [value, Boolean(reason)]);
    if (at < values.length) await accessible(page, `after ${value}`);
  }
  assert.equal(expected.size, COUNT);
  assert.equal(twins, 2);
  const kept = (await api("schiftingen?aantal=200")).schiftingen;
  const given = new Map(kept.map((one) => [one.document, [one.schifting.waarde, one.schifting.reden !== undefined]]));
  assert.deepEqual([...given].sort(), [...expected].sort());
});

test("what is relevant is judged and made final with the keyboard, and the rows run empty", async () => {
  const relevant = (await api("schiftingen?aantal=200&waarde=relevant")).schiftingen.map((one) => one.document).sort();
  assert.ok(relevant.length > 25, `${relevant.length} are relevant`);
  await page.goto(`${program.address}/zaken/lokaal/schiften`);
  await accessible(page, "what waits");
  await fits(page, "what waits");
  await tabTo(page, "relevant, nog niet beoordeeld");
  await press("Enter");
  const expected = new Map();
  for (let at = 0; at < relevant.length; at += 1) {
    const document = await current();
    await page.keyboard.press("b");
    await said("Kies het oordeel");
    if (at % 2 === 0) {
      await page.keyboard.press("1");
      expected.set(document, ["openbaar", []]);
    } else {
      await page.keyboard.press("4");
      await page.keyboard.type("5.1.2e 5.1.2i");
      expected.set(document, ["niet-openbaar", ["5.1.2e", "5.1.2i"]]);
    }
    await press("Enter");
  }
  assert.deepEqual([...expected.keys()].sort(), relevant);
  // The last one stays; the row behind it is empty.
  await page.keyboard.press("Home");
  await page.goto(`${program.address}/zaken/lokaal/schiften/te-beoordelen`);
  await page.getByText("“relevant, nog niet beoordeeld” staat niets meer").waitFor();
  await accessible(page, "an empty row");
  await tabTo(page, "beoordeeld, nog niet definitief");
  await press("Enter");
  for (let at = 0; at < relevant.length; at += 1) await press("d");
  const kept = (await api("beoordelingen?aantal=200")).beoordelingen;
  const given = new Map(kept.map((one) => [one.document, [one.beoordeling.oordeel, one.beoordeling.gronden]]));
  assert.deepEqual([...given].sort(), [...expected].sort());
  assert.ok(kept.every((one) => one.definitief), "all of them are final");
});

test("what was in doubt gets a value after all, from its own row", async () => {
  const doubt = (await api("schiftingen?aantal=200&waarde=twijfel")).schiftingen.length;
  await page.goto(`${program.address}/zaken/lokaal/schiften`);
  await tabTo(page, "twijfel");
  await press("Enter");
  for (let at = 0; at < doubt; at += 1) await press("1");
  await until("the end of the doubts", async () => (await api("schiftingen?aantal=200&waarde=twijfel")).schiftingen.length === 0, 5);
});

test("the browser found nothing wrong", () => nothingWrong(page));

// As a reader I see what stands in a document in another way than plainly: deleted, read from a picture; and how far
// the program is with that.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeSource } from "./bronmap.mjs";
import { accessible, newPage, nothingWrong, search, startBrowser, startProgram, until } from "./programma.mjs";

let program, bron, own, browser;
before(async () => {
  program = await startProgram();
  bron = await makeSource();
  own = await startProgram(["start", bron.source]);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await program?.stop();
  await own?.stop();
  await bron?.remove();
});

test("what was deleted with tracked changes is shown as deleted, with the hit in it", async () => {
  const page = await newPage(browser);
  await search(page, own.address, "\"verwijderd\" type:rtf");
  await page.locator(".lijst h3 a").first().click();
  await page.waitForURL(/\/document\//);
  const deleted = page.locator("#tekst del").first();
  assert.match(await deleted.innerText(), /^verwijderd: \S/);
  assert.doesNotMatch(await page.locator("#tekst").innerText(), /\[verwijderd/);
  const style = await deleted.evaluate((one) => getComputedStyle(one).textDecorationLine);
  assert.equal(style, "line-through");
  await accessible(page, "a document with deletions");
  // A word of what was deleted: marked in the list and in the text. A phrase over the edge stays one hit.
  for (const [question, hit, behind] of [["achterstallige", "achterstallige", 0], ["\"achterstallige betaling\"", "achterstallige", 1]]) {
    await search(page, own.address, `${question} type:rtf`);
    assert.equal(await page.locator(".fragment del mark").innerText(), hit, `${question} in the list`);
    await page.locator(".lijst h3 a").first().click();
    await page.waitForURL(/\/document\//);
    assert.equal(await page.locator("#tekst del a.treffer mark").innerText(), hit, `${question} in the text`);
    assert.equal(await page.locator("#tekst del + mark").count(), behind);
    assert.match(await page.locator(".trefferbalk p").innerText(), /^1 treffer/);
  }
  nothingWrong(page);
  await page.context().close();
});

const tesseract = spawnSync("tesseract", ["--list-langs"], { encoding: "utf8" });
const ocr = tesseract.error === undefined && /^nld$/m.test(`${tesseract.stdout}${tesseract.stderr}`);

test("text from OCR is said to be that, in the list, in the document and in the API", {
  skip: ocr ? false : "tesseract with Dutch is not installed: apt install tesseract-ocr tesseract-ocr-nld",
}, async () => {
  const page = await newPage(browser);
  await search(page, program.address, "type:png OF type:pdf");
  const hit = page.locator(".lijst > li").filter({ hasText: /Tekst uit OCR, zekerheid \d+ %/ });
  await until("the second pass", async () => {
    await page.reload();
    return await hit.count() > 0;
  });
  await accessible(page, "results with OCR");
  await hit.first().locator("h3 a").click();
  await page.waitForURL(/\/document\//);
  assert.match(await page.locator(".ocr").innerText(), /Tekst uit OCR, zekerheid \d+ %/);
  await accessible(page, "a document from OCR");
  const id = /\/document\/([0-9a-f]+)/.exec(page.url())[1];
  const body = await (await fetch(`${program.address}/v1/documenten/${id}`)).json();
  assert.ok(body.ocr.paginas.length > 0 && body.ocr.zekerheid > 0, JSON.stringify(body.ocr));
  nothingWrong(page);
  await page.context().close();
});

test("what a run does now is said in words, with and without script", async () => {
  const moment = { run: 1, bron: "b", gezien: 60, documenten: 70, bytes: 1, ocr_documenten: 40, ocr_gedaan: 12, map: "",
    gestart: "2024-03-15T10:00:00Z", pid: process.pid, klaar: null };
  const serving = await startProgram(["serve", "--adres", "127.0.0.1:0"], { ready: false });
  try {
    await mkdir(join(serving.state, "runs"), { recursive: true });
    const told = join(serving.state, "runs/voortgang.json");
    // At once, as a run does it: a reader never sees half of it.
    const tell = async (fase) => {
      await writeFile(`${told}.nieuw`, JSON.stringify({ ...moment, fase }));
      await rename(`${told}.nieuw`, told);
    };
    for (const javaScriptEnabled of [true, false]) {
      const page = await newPage(browser, { javaScriptEnabled });
      const bar = page.locator("[data-voortgang]");
      const says = (text) => until(text, async () => (await bar.innerText()).includes(text));
      await tell("tekstherkenning");
      await page.goto(`${serving.address}/hulp`);
      await says("Tekstherkenning: 12 van 40 bestanden; de rest is al doorzoekbaar.");
      await tell("verbanden");
      if (!javaScriptEnabled) await page.reload();
      await says("Verbanden zoeken tussen documenten");
      nothingWrong(page);
      await page.context().close();
    }
  } finally {
    await serving.stop();
  }
});

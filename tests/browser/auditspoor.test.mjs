// As an auditor I narrow the audit trail, go back in it and take it out, without JavaScript and with nothing that I typed
// in an address.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { newPage, nothingWrong, search, startBrowser, startProgram } from "./programma.mjs";

let program, browser;
before(async () => {
  program = await startProgram();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** The numbers of the records on the page. */
const numbers = async (page) => (await page.locator("tbody th").allTextContents()).map(Number);

test("the trail is narrowed, paged and taken out", async () => {
  const page = await newPage(browser, { javaScriptEnabled: false });
  await search(page, program.address, "windpark");
  // Each look is a record: after these there is more than a page.
  for (let at = 0; at < 101; at++) await page.goto(`${program.address}/auditspoor`);
  await page.getByRole("link", { name: "Auditspoor" }).first().click();
  const first = await numbers(page);
  assert.equal(first.length, 100);
  await page.getByRole("button", { name: "Oudere regels" }).click();
  const older = await numbers(page);
  assert.equal(older[0], first.at(-1) - 1, "nothing in between");
  assert.equal(older.at(-1), 1);

  await page.getByLabel("Tekst").fill("WINDPARK");
  await page.getByLabel("Resultaat").selectOption("gelukt");
  await page.getByRole("button", { name: "Tonen" }).click();
  assert.equal(new URL(page.url()).search, "");
  const found = page.locator("tbody tr");
  assert.ok((await found.allTextContents()).every((row) => row.includes("zoekactie.") && row.includes("Vraag: windpark")));
  const shown = await found.count();
  assert.ok(shown >= 1);
  assert.equal(await page.getByLabel("Tekst").inputValue(), "WINDPARK");

  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Deze regels als CSV" }).click();
  const table = await readFile(await (await waiting).path(), "utf8");
  assert.equal(table.trimEnd().split("\r\n").length, shown + 1);
  assert.ok(table.includes(";windpark;"));
  nothingWrong(page);
  await page.context().close();
});

#!/usr/bin/env node
// Makes the pictures of the README from the running program: `node tests/browser/screenshots.mjs` after ./test.
// Always the same size and the same archive. Writes docs/img/*.png and nothing else.
import { mkdir } from "node:fs/promises";
import { newPage, search, startBrowser, startProgram, until } from "./programma.mjs";

const folder = new URL("../../docs/img/", import.meta.url).pathname;
const program = await startProgram();
const browser = await startBrowser();
try {
  await mkdir(folder, { recursive: true });
  const page = await newPage(browser, { deviceScaleFactor: 1, colorScheme: "light", reducedMotion: "reduce" });
  const shoot = async (name) => {
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${folder}${name}.png`, animations: "disabled", caret: "hide" });
    console.log(`docs/img/${name}.png`);
  };
  await page.goto(program.address);
  await shoot("start");
  await search(page, program.address, "vergunning EN (windpark OF gemeente)");
  await shoot("resultaten");
  await search(page, program.address, "toeslag OF FG");
  await page.getByRole("link", { name: "Zo is gezocht" }).click();
  await page.waitForURL(/\/uitleg$/);
  await shoot("zo-is-gezocht");
  await search(page, program.address, "havenmeester OF woonark");
  await shoot("formaten");
  await search(page, program.address, "vergunning EN (windpark OF gemeente)");
  await page.locator(".lijst h3 a").first().click();
  await page.waitForURL(/\/document\//);
  await page.keyboard.press("n");
  await shoot("document");
  const open = async (question, place) => {
    await search(page, program.address, question);
    await page.locator(".lijst li", { hasText: place }).locator("h3 a").first().click();
    await page.waitForURL(/\/document\//);
  };
  await open("verankering", "WhatsApp-chat met");
  await shoot("gesprek");
  await open("verankering offerte type:msg", "RE: Offerte damwand");
  await shoot("draad");
  await page.goto(`${program.address}/onleesbaar`);
  await shoot("onleesbaar");
  await page.goto(`${program.address}/runs/1`);
  await shoot("verantwoording");
  await preparedCase(page, shoot);
} finally {
  await browser.close();
  await program.stop();
}

/** The prepared case of the demo archive, on its way from the first round to the account. */
async function preparedCase(page, shoot) {
  await page.goto(`${program.address}/zaken`);
  await page.getByRole("link", { name: "DEMO-1" }).click();
  await page.waitForURL(/\/zaken\/[0-9a-f]{32}$/);
  const zaak = page.url();
  await shoot("zaak");
  const press = (button) => Promise.all([page.waitForNavigation(), button.click()]);
  const round = async (question, number, conclusion) => {
    await page.goto(`${zaak}/zoeken`);
    await page.getByLabel("Zoeken naar").fill(question);
    await press(page.getByRole("button", { name: "Zoeken", exact: true }));
    const put = page.locator(`#zoekactie-${number}`).getByRole("button", { name: /In de ronde/ });
    await until(`the counts of zoekactie ${number}`, async () => (await page.goto(`${zaak}/zoeken`)) && (await put.count()));
    await press(put);
    await page.getByLabel(/Conclusie van ronde/).fill(conclusion);
    await press(page.getByRole("button", { name: `Ronde ${number} sluiten` }));
  };
  await round("kade OF kademuur", 1, "De offertes noemen ook een damwand; ronde 2 zoekt daarop.");
  await page.getByLabel("Waarvoor is deze ronde?").fill("De termen uit de offertes erbij");
  await press(page.getByRole("button", { name: "Ronde openen" }));
  await round("kade* OF damwand OF verankering", 2, "Verder geen nieuwe termen gevonden.");
  await page.locator("#zoekacties details summary").last().click();
  await page.evaluate(() => document.querySelector("#rondes").scrollIntoView());
  await shoot("zoekrondes");
  await page.goto(`${zaak}/termen`);
  await page.getByLabel(/^Termen/).fill("kade*\nofferte NEAR/10 damwand\nverankering\nwaterkering");
  await press(page.getByRole("button", { name: "Rapport maken" }));
  await page.evaluate(() => document.querySelector("#rapport-kop").scrollIntoView({ block: "center" }));
  await shoot("termenrapport");
  await page.goto(`${zaak}/schiften/2`);
  for (const key of ["1", "1", "j"]) await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
  await shoot("schiften");
  await page.goto(`${zaak}/verantwoording`);
  await shoot("zoekverantwoording");
}

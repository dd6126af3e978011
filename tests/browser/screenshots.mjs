#!/usr/bin/env node
// Makes the pictures of the README from the running program: `node tests/browser/screenshots.mjs` after ./test.
// Always the same size and the same archive. Writes docs/img/*.png and nothing else.
import { mkdir } from "node:fs/promises";
import { newPage, search, startBrowser, startProgram } from "./programma.mjs";

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
} finally {
  await browser.close();
  await program.stop();
}

// As a user without a mouse I do everything with Tab, Enter and the space bar, and always see where I am.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newPage, nothingWrong, number, startBrowser, startProgram, total } from "./programma.mjs";

let program, browser;
before(async () => {
  program = await startProgram();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** Presses Tab until `selector` has the focus; everything on the way must be seen to have it. */
async function tabTo(page, selector, most = 250) {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(async (selector) => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      const inSight = () => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
      };
      // The browser scrolls in a frame after the key.
      for (let frames = 0; frames < 60 && !inSight(); frames += 1) await new Promise(requestAnimationFrame);
      const box = element.getBoundingClientRect();
      return {
        there: element.matches(selector),
        name: `${element.tagName} ${element.id || element.name || element.className || element.textContent.trim().slice(0, 40)} at ${Math.round(box.left)},${Math.round(box.top)}, ${Math.round(box.width)} by ${Math.round(box.height)}`,
        body: element === document.body,
        visible: inSight() && style.visibility !== "hidden",
        marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none",
      };
    }, selector);
    if (now.body) continue;
    assert.ok(now.visible, `${now.name} has the focus but cannot be seen`);
    assert.ok(now.marked, `${now.name} does not show that it has the focus`);
    if (now.there) return;
  }
  assert.fail(`Tab does not come to ${selector}`);
}

const moved = (page, before) => page.waitForURL((url) => url.href !== before);

test("from the start page to a hit in a document and back, without a mouse", async () => {
  const page = await newPage(browser);
  await page.goto(program.address);
  await tabTo(page, "a[href='#inhoud']", 1);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "inhoud", "the skip link takes the focus along");
  await tabTo(page, "#vraag");
  await page.keyboard.type("vergunning");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/zoek\/[^/]+$/);
  const all = await total(page);

  await tabTo(page, "input[name=formaat]");
  const chosen = await page.evaluate(() => document.activeElement.value);
  let before = page.url();
  await page.keyboard.press("Space");
  await moved(page, before);
  await page.waitForFunction((value) => document.activeElement.value === value, chosen);
  assert.ok(await total(page) < all, "the facet narrowed the search");

  await tabTo(page, ".pil:not(.wis)");
  before = page.url();
  await page.keyboard.press("Enter");
  await moved(page, before);
  assert.equal(await total(page), all);

  await tabTo(page, "#sorteer");
  await tabTo(page, ".lijst h3 a");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/document\//);
  assert.ok(number(await page.locator(".trefferbalk p").innerText()) >= 1);
  await tabTo(page, "#treffer-1");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash.startsWith("#treffer-"));
  await page.goBack();
  await page.goBack();
  await page.waitForURL(/\/zoek\/[^/]+$/);
  assert.equal(await total(page), all);
  nothingWrong(page);
  await page.context().close();
});

test("paging and a run's account can be reached with the keyboard", async () => {
  const page = await newPage(browser);
  await page.goto(program.address);
  await tabTo(page, "#vraag");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/zoek\/[^/]+$/);
  await tabTo(page, ".bladeren a[rel=next]", 400);
  let before = page.url();
  await page.keyboard.press("Enter");
  await moved(page, before);
  assert.equal(await page.locator(".bladeren a[rel=prev]").count(), 1);
  await tabTo(page, "nav a[href='/runs']");
  before = page.url();
  await page.keyboard.press("Enter");
  await moved(page, before);
  await tabTo(page, "a[href='/runs/1']");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/runs\/1$/);
  await tabTo(page, "a[href*=uitkomsten]");
  nothingWrong(page);
  await page.context().close();
});

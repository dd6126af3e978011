// As a user with a screen reader, a magnifier or poor sight I can use every page: axe finds nothing against WCAG 2.2
// A and AA, and nothing sticks out of a small screen. Error pages included.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessible, fits, newPage, nothingWrong, search, startBrowser, startProgram, until } from "./programma.mjs";

let demo, browser;
before(async () => {
  demo = await startProgram();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Looks at the page as it is: axe in light and dark, and a small screen. */
async function look(page, what) {
  await page.waitForLoadState();
  assert.match(await page.title(), /.+ – Zoek & Vind$/, what);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await accessible(page, `${what} (${colorScheme})`);
  }
  await fits(page, what);
}

/** The first document that a question finds. */
async function open(page, question) {
  await search(page, demo.address, question);
  await page.locator(".lijst h3 a").first().click();
  await page.waitForURL(/\/document\//);
}

const kinds = {
  "the start page": (page) => page.goto(demo.address),
  "the help page": (page) => page.goto(`${demo.address}/hulp`),
  "results": (page) => search(page, demo.address, "vergunning"),
  "results with filters": async (page) => {
    await search(page, demo.address, "vergunning");
    for (const name of ["formaat", "soort"]) {
      const before = page.url();
      // A click and no check(): the choice leads to a new page, where the first that is not chosen is another one.
      await page.locator(`input[name=${name}]:not(:checked)`).first().click();
      await page.waitForURL((url) => url.href !== before);
      await page.locator(".pillen").waitFor();
    }
  },
  "results with everything folded out": async (page) => {
    await search(page, demo.address, "");
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  },
  "the last page of results": async (page) => {
    await search(page, demo.address, "");
    for (let next; await (next = page.locator("a[rel=next]")).count() > 0;) {
      const before = page.url();
      await next.click();
      await page.waitForURL((url) => url.href !== before);
    }
  },
  "results without a hit": (page) => search(page, demo.address, "xyzzyplugh"),
  "a question that is not right": (page) => search(page, demo.address, "besluit EN ("),
  "a document with hits": (page) => open(page, "windpark type:pdf"),
  "a spreadsheet": (page) => open(page, "type:xlsx"),
  "a mail with its family": (page) => open(page, "type:eml"),
  "a document that cannot be read": (page) => open(page, "titel:versleuteld OF pad:versleuteld"),
  "a document on its own": async (page) => {
    await open(page, "windpark");
    const id = /\/document\/([0-9a-f]+)/.exec(page.url())[1];
    await page.goto(`${demo.address}/document/${id}`);
  },
  "the list of runs": (page) => page.goto(`${demo.address}/runs`),
  "a run": (page) => page.goto(`${demo.address}/runs/1`),
  "the audit trail": async (page) => {
    await search(page, demo.address, "windpark");
    await page.goto(`${demo.address}/auditspoor`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  },
  "the audit trail of a case without such a record": async (page) => {
    await page.goto(`${demo.address}/auditspoor?zaak=lokaal`);
    await page.getByLabel("Tekst").fill("knurftelwoord");
    await page.getByRole("button", { name: "Tonen" }).click();
    await page.getByText("Er zijn geen regels").waitFor();
  },
  "what is not readable": (page) => page.goto(`${demo.address}/onleesbaar`),
  "what is not readable, as long as nobody looked at it": (page) => page.goto(`${demo.address}/onleesbaar?toon=nieuw`),
};

for (const [what, go] of Object.entries(kinds)) {
  test(what, async () => {
    const page = await newPage(browser);
    await go(page);
    await look(page, what);
    nothingWrong(page);
    await page.context().close();
  });
}

for (const what of ["results", "a document with hits"]) {
  test(`${what}, without script`, async () => {
    // Not with scripts switched off: axe is one itself.
    const page = await newPage(browser);
    await page.route("**/assets/*.js*", (route) => route.abort());
    await kinds[what](page);
    await look(page, what);
    nothingWrong(page, /Failed to load resource/);
    await page.context().close();
  });
}

const errors = {
  "/bestaat-niet": 404,
  "/zoek/bestaat-niet": 404,
  "/document/bestaat-niet": 404,
  "/runs/999": 404,
  "/runs/geen-getal": 404,
  "/zoek": 405,
};

for (const [path, status] of Object.entries(errors)) {
  test(`the error page of ${path}`, async () => {
    const page = await newPage(browser);
    const answer = await page.goto(demo.address + path);
    assert.ok(answer.status() === status || answer.status() === 400, `${answer.status()}`);
    assert.match(answer.headers()["content-type"], /text\/html/);
    await look(page, path);
    nothingWrong(page, /Failed to load resource/);
    await page.context().close();
  });
}

test("before anything was indexed", async () => {
  const empty = await startProgram(["serve", "--adres", "127.0.0.1:0"], { ready: false });
  try {
    const page = await newPage(browser);
    for (const path of ["/", "/runs", "/hulp", "/onleesbaar"]) {
      await page.goto(empty.address + path);
      await look(page, `${path} without an index`);
    }
    await search(page, empty.address, "vergunning");
    await look(page, "results without an index");
    nothingWrong(page, /Failed to load resource/);
    await page.context().close();
  } finally {
    await empty.stop();
  }
});

test("while a run is busy, and a text so long that it comes in parts", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zv-lang-"));
  await mkdir(join(folder, "bron"));
  const line = "In dit lange verslag staat steeds weer iets over de dijkverzwaring en de omgeving van het water.\n";
  await writeFile(join(folder, "bron/lang verslag.txt"), line.repeat(30_000));
  // A reader that hangs keeps the run busy.
  await writeFile(join(folder, "bron/zzz hangt.txt"), "zv-proef hang\n");
  const busy = await startProgram(["start", join(folder, "bron")],
    { variables: { ZOEKENVIND_TEST_LEZER: "1" }, ready: false });
  try {
    const page = await newPage(browser);
    await until("the long text to be found", async () => {
      await page.goto(busy.address);
      if (!/Nog niet volledig/.test(await page.locator("body").innerText())) return false;
      await search(page, busy.address, "dijkverzwaring");
      return await page.locator(".lijst h3 a").count() > 0;
    });
    await look(page, "results while a run is busy");
    await page.locator(".lijst h3 a").first().click();
    await page.waitForURL(/\/document\//);
    assert.ok(await page.locator(".delen li").count() > 1, "the text comes in parts");
    await accessible(page, "a part of a long text");
    const last = page.locator(".delen a").last();
    await last.click();
    await page.waitForURL(/deel=/);
    await page.keyboard.press("n");
    await page.waitForFunction(() => document.activeElement.id.startsWith("treffer-"));
    await page.goto(`${busy.address}/runs`);
    await look(page, "runs while a run is busy");
    nothingWrong(page, /Failed to load resource/);
    await page.context().close();
  } finally {
    await busy.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

// As an informatiespecialist I log in where my whole organisation logs in: a real OpenID provider (oidc-provider-mock),
// the real program and a real browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSign, generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createProxy, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { accessible, binary, newPage, startBrowser, until } from "./programma.mjs";

let folder, state, provider, between, program, browser, issuer, address;
/** What somebody between the program and its provider changes. */
let change = "";

/** A port that nobody listens on now. */
const freePort = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Starts a program and waits until it answers. */
async function start(command, args, url, env = {}) {
  let log = "";
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (log += bytes));
  child.on("error", (error) => (log += error));
  await until(`${command} to answer`, async () => {
    assert.equal(child.exitCode, null, log);
    return fetch(url).then(() => true, () => false);
  });
  return child;
}

/** Passes everything on to the provider, and changes what a test asks for on the way. */
function standBetween(port, behind) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const server = createProxy((asked, answer) => {
    const headers = { ...asked.headers };
    const token = asked.url.startsWith("/oauth2/token");
    // The provider then gives, well signed, a token for another program.
    if (token && change === "audience") headers.authorization = `Basic ${btoa("een-ander-programma:x")}`;
    const on = request({ port: behind, host: "127.0.0.1", method: asked.method, path: asked.url, headers }, (given) => {
      const parts = [];
      given.on("data", (part) => parts.push(part));
      given.on("end", () => {
        let body = Buffer.concat(parts);
        if (token && change === "key") {
          const told = JSON.parse(body);
          const [header, claims] = told.id_token.split(".");
          const signature = createSign("RSA-SHA256").update(`${header}.${claims}`).sign(privateKey, "base64url");
          body = Buffer.from(JSON.stringify({ ...told, id_token: `${header}.${claims}.${signature}` }));
        }
        const { "content-length": _, "transfer-encoding": __, ...rest } = given.headers;
        answer.writeHead(given.statusCode, { ...rest, "content-length": body.length }).end(body);
      });
    });
    on.on("error", () => answer.destroy());
    asked.pipe(on);
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

/** Whoever is known at the provider, with these groups. */
const known = (sub, claims) => fetch(`${issuer}/users/${sub}`, {
  method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(claims),
});

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "zv-organisatie-"));
  state = join(folder, "staat");
  await mkdir(state, { mode: 0o700 });
  const [ours, theirs, behind] = [await freePort(), await freePort(), await freePort()];
  issuer = `http://127.0.0.1:${theirs}`;
  address = `http://127.0.0.1:${ours}`;
  await writeFile(join(folder, "geheim"), "geheim van het programma\n");
  await writeFile(join(state, "zoekenvind.toml"), `
[server]
luister = "127.0.0.1:${ours}"
openbaar_adres = "${address}"
[server.inloggen.organisatie]
naam = "het ministerie"
uitgever = "${issuer}"
client = "zoekenvind"
geheim_bestand = "${join(folder, "geheim")}"
vernieuw_minuten = 1
[server.inloggen.organisatie.rollen]
zoekers = ["informatiespecialist"]
woo = ["woo-jurist"]
`);
  provider = await start("oidc-provider-mock", ["-p", String(behind)], `http://127.0.0.1:${behind}/`);
  between = await standBetween(theirs, behind);
  await known("els-1", { name: "Els de Vries", preferred_username: "els", groups: ["zoekers"] });
  await known("bas-9", { name: "Bas Buiten", groups: ["kantine"] });
  // Accounts begin with one of this program: the emergency account.
  const made = spawn(binary, ["gebruiker", "maak", "nood", "--rol", "beheerder-autorisatie"],
    { env: { ...process.env, ZOEKENVIND_STAAT: state }, stdio: ["pipe", "ignore", "inherit"] });
  made.stdin.end("een lang wachtwoord\n");
  assert.equal(await new Promise((resolve) => made.on("close", resolve)), 0);
  program = await start(binary, ["serve"], address, { ZOEKENVIND_STAAT: state });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const child of [program, provider]) {
    if (child && child.exitCode === null) {
      const ended = new Promise((resolve) => child.on("close", resolve));
      child.kill("SIGTERM");
      await ended;
    }
  }
  between?.closeAllConnections();
  between?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Goes to the provider and says there who it is. */
async function logIn(page, sub) {
  await page.goto(`${address}/zaken`);
  await page.waitForURL(`${address}/inloggen`);
  await accessible(page, "the form to log in");
  await page.getByRole("link", { name: "Inloggen via het ministerie" }).click();
  await page.waitForURL(`${issuer}/**`);
  await page.locator("input[name=sub]").fill(sub);
  await page.locator("form:has(input[name=sub]) button").first().click();
  await page.waitForURL(`${address}/**`);
}

/** As if the provider was asked so many minutes ago. */
function later(minutes) {
  const database = new DatabaseSync(join(state, "toestand.db"));
  const then = new Date(Date.now() - minutes * 60_000).toISOString();
  database.prepare("UPDATE organisatie_sessie SET gecontroleerd = ?").run(then);
  database.close();
}

function roles(naam) {
  const database = new DatabaseSync(join(state, "toestand.db"), { readOnly: true });
  const row = database.prepare("SELECT rollen FROM gebruiker WHERE naam = ?").get(naam);
  database.close();
  return row && JSON.parse(row.rollen);
}

for (const script of [true, false]) {
  test(`somebody comes in with the roles of her groups${script ? "" : ", without JavaScript"}`, async () => {
    const page = await newPage(browser, { javaScriptEnabled: script });
    // axe needs script.
    if (script) await logIn(page, "els-1");
    else {
      await page.goto(`${address}/inloggen/organisatie`);
      await page.locator("input[name=sub]").fill("els-1");
      await page.locator("form:has(input[name=sub]) button").first().click();
    }
    await page.waitForURL(`${address}/zaken`);
    assert.match(await page.locator("header").innerText(), /Els de Vries/);
    assert.deepEqual(roles("Els de Vries"), ["informatiespecialist"]);
    const cookie = (await page.context().cookies()).find((one) => one.name === "zv_sessie");
    assert.equal(cookie.httpOnly && cookie.sameSite === "Strict", true);
    await page.context().close();
  });
}

test("her groups are asked for again, and who is put out there is out here", async () => {
  const page = await newPage(browser);
  await logIn(page, "els-1");
  await page.waitForURL(`${address}/zaken`);
  await known("els-1", { name: "Els de Vries", groups: ["woo"] });
  later(2);
  await page.reload();
  assert.match(await page.locator("header").innerText(), /Els de Vries/);
  assert.deepEqual(roles("Els de Vries"), ["woo-jurist"]);
  await page.goto(`${address}/account`);
  await accessible(page, "one's own account");
  await fetch(`${issuer}/users/els-1/revoke-tokens`, { method: "POST" });
  later(2);
  await page.reload();
  await page.waitForURL(`${address}/inloggen`);
  await page.context().close();
});

test("who is in no group that counts gets a reference and no account", async () => {
  const page = await newPage(browser);
  await logIn(page, "bas-9");
  assert.match(await page.locator("main").innerText(), /kenmerk [0-9A-F]{8}/);
  await accessible(page, "a refusal");
  assert.equal(roles("Bas Buiten"), undefined);
  assert.equal((await page.context().cookies()).some((one) => one.name === "zv_sessie"), false);
  await page.context().close();
});

test("who logs out here is led to logging out there", async () => {
  const page = await newPage(browser);
  await logIn(page, "els-1");
  await page.waitForURL(`${address}/zaken`);
  await page.getByRole("button", { name: "Uitloggen" }).click();
  await accessible(page, "the page after logging out");
  await page.getByRole("link", { name: "Ook uitloggen bij het ministerie" }).click();
  await page.waitForURL(`${issuer}/oauth2/end_session?**`);
  await page.goto(`${address}/zaken`);
  await page.waitForURL(`${address}/inloggen`);
  await page.context().close();
});

test("wrong state, nonce, audience and key are refused and open nothing", async () => {
  const begin = async () => {
    const sent = await fetch(`${address}/inloggen/organisatie`, { redirect: "manual" });
    return { to: new URL(sent.headers.get("location")), cookie: sent.headers.get("set-cookie").split(";")[0] };
  };
  /** The address to which the provider sends somebody back. */
  const agreed = async (to) => {
    const answer = await fetch(to, { method: "POST", body: new URLSearchParams({ sub: "els-1" }), redirect: "manual" });
    return new URL(answer.headers.get("location"));
  };
  const back = async (url, cookie) => {
    const answer = await fetch(url, { headers: { Cookie: cookie }, redirect: "manual" });
    return { status: answer.status, opened: /zv_sessie=[0-9a-f]{64}/.test(answer.headers.get("set-cookie") ?? "") };
  };
  const refused = { status: 403, opened: false };
  // As it should be, to know that the rest fails for its own reason.
  let way = await begin();
  assert.deepEqual(await back(await agreed(way.to), way.cookie), { status: 200, opened: true });
  way = await begin();
  const other = await agreed(way.to);
  other.searchParams.set("state", "verzonnen");
  assert.deepEqual(await back(other, way.cookie), refused);
  way = await begin();
  way.to.searchParams.set("nonce", "een andere dan deze");
  assert.deepEqual(await back(await agreed(way.to), way.cookie), refused);
  // A code for another program, and the token for it too.
  for (const kind of ["", "audience"]) {
    change = kind;
    way = await begin();
    way.to.searchParams.set("client_id", "een-ander-programma");
    assert.deepEqual(await back(await agreed(way.to), way.cookie), refused, kind);
  }
  change = "key";
  way = await begin();
  assert.deepEqual(await back(await agreed(way.to), way.cookie), refused);
  change = "";
  way = await begin();
  assert.deepEqual(await back(await agreed(way.to), "zv_inlog=verzonnen"), refused);
  const database = new DatabaseSync(join(state, "audit.db"), { readOnly: true });
  const sql = "SELECT gegevens FROM regel WHERE actie = 'sessie.geopend' AND resultaat = 'geweigerd' ORDER BY nummer";
  const reasons = database.prepare(sql).all().map((row) => JSON.parse(row.gegevens).reden);
  database.close();
  assert.deepEqual(reasons.slice(-6), ["state", "nonce", "code", "audience", "handtekening", "browser"]);
});

// As a beheerder I let a whole ministry reach the server: only over TLS, only with accounts, and nobody who connects
// slowly or asks without end keeps the others out.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { get as plainGet } from "node:http";
import { request } from "node:https";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { binary, until } from "./programma.mjs";

let folder, state, program, port, ca;
let log = "";

/** Makes a certificate of its own in two files. */
function certificate(name) {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}-sleutel.pem`)];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
    "-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
  { stdio: "ignore" });
  return [cert, key];
}

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Asks over TLS; gives status, headers and text. */
function ask(path, { method = "GET", headers = {}, body = "" } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "localhost", port, path, method, ca, agent: false,
      headers: { ...headers, ...(body ? { "Content-Length": Buffer.byteLength(body) } : {}) } }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const form = (fields) => ({ method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams(fields).toString() });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "zv-server-"));
  state = join(folder, "staat");
  await mkdir(state, { mode: 0o700 });
  const [cert, key] = certificate("eerste");
  ca = await readFile(cert);
  port = await freePort();
  await writeFile(join(state, "zoekenvind.toml"), `
[server]
luister = "0.0.0.0:${port}"
openbaar_adres = "https://localhost:${port}"
tls = { certificaat = "${cert}", sleutel = "${key}" }
`);
  program = spawn(binary, ["serve"], { env: { ...process.env, ZOEKENVIND_STAAT: state }, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [program.stdout, program.stderr]) stream.on("data", (bytes) => (log += bytes));
  await until("the server", () => {
    assert.equal(program.exitCode, null, log);
    return /Eenmalige code: \S+/.test(log);
  });
});

after(async () => {
  if (program?.exitCode === null) program.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

test("others reach the server over TLS alone, and without accounts it is for nobody", async () => {
  const page = await ask("/zaken");
  assert.deepEqual([page.status, page.headers.location], [303, "/inloggen"]);
  assert.match(page.headers["strict-transport-security"], /max-age/);
  assert.equal((await ask("/v1/zaken")).status, 401);
  const plain = await new Promise((resolve) => {
    plainGet({ host: "127.0.0.1", port, path: "/" }, (answer) => resolve(answer.statusCode)).on("error", () => resolve("closed"));
  });
  assert.equal(plain, "closed");
  const refused = spawn(binary, ["serve", "--adres", "0.0.0.0:0"], {
    env: { ...process.env, ZOEKENVIND_STAAT: join(folder, "andere") }, stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  refused.stderr.on("data", (bytes) => (said += bytes));
  assert.equal(await new Promise((resolve) => refused.on("close", resolve)), 2);
  assert.match(said, /leesbaar over het netwerk/);
});

test("the code makes the first beheerder, who sets up a second step before anything else", async () => {
  const [, code] = /Eenmalige code: (\S+)/.exec(log);
  const fields = { inlognaam: "gea", naam: "Gea", wachtwoord: "een lang wachtwoord" };
  assert.equal((await ask("/eerste-beheerder", form({ ...fields, code: "geraden" }))).status, 422);
  assert.equal((await ask("/eerste-beheerder", form({ ...fields, code }))).headers.location, "/inloggen");
  assert.equal((await ask("/eerste-beheerder", form({ ...fields, inlognaam: "x", code }))).status, 422);
  const opened = await ask("/inloggen", form({ inlognaam: "gea", wachtwoord: fields.wachtwoord }));
  const [cookie] = opened.headers["set-cookie"];
  assert.match(cookie, /^__Host-zv_sessie=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  const session = { headers: { Cookie: cookie.split(";")[0] } };
  assert.equal((await ask("/accounts", session)).headers.location, "/account");
  assert.match((await ask("/account", session)).text, /Tweede stap instellen/);
});

test("who connects and says next to nothing keeps nobody out, and is gone soon", async () => {
  const begun = Date.now();
  const slow = await Promise.all(Array.from({ length: 300 }, () => new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.on("error", reject);
  })));
  const within = tlsConnect({ host: "localhost", port, ca });
  await new Promise((resolve) => within.on("secureConnect", resolve));
  const dribble = setInterval(() => within.writable && within.write("X-A: b\r\n"), 500);
  within.on("error", () => {});
  within.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
  const closed = [...slow, within].map((socket) => new Promise((resolve) => socket.on("close", resolve)));
  slow.forEach((socket) => { socket.removeAllListeners("error"); socket.on("error", () => {}); socket.resume(); });
  within.resume();
  for (let at = 0; at < 20; at += 1) assert.equal((await ask("/inloggen")).status, 200);
  assert.ok(Date.now() - begun < 15_000, "others had to wait");
  await Promise.all(closed);
  clearInterval(dribble);
  assert.ok(Date.now() - begun < 40_000, `${Date.now() - begun} ms`);
});

test("a new certificate is taken up while the server runs, and a broken one is not", async () => {
  const shown = () => new Promise((resolve, reject) => {
    const socket = tlsConnect({ host: "localhost", port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.on("error", reject);
  });
  assert.equal(await shown(), "eerste");
  const [cert, key] = certificate("tweede");
  await writeFile(join(folder, "eerste.pem"), "geen certificaat");
  await until("the broken certificate to be seen", () => /cannot be used yet/.test(log), 30);
  assert.equal(await shown(), "eerste");
  await rename(key, join(folder, "eerste-sleutel.pem"));
  await rename(cert, join(folder, "eerste.pem"));
  await until("the new certificate", async () => (await shown()) === "tweede", 30);
});

test("the server ends soon, whoever is still connected", async () => {
  const idle = tlsConnect({ host: "localhost", port, rejectUnauthorized: false });
  await new Promise((resolve) => idle.on("secureConnect", resolve));
  idle.on("error", () => {});
  const begun = Date.now();
  const ended = new Promise((resolve) => program.on("close", resolve));
  program.kill("SIGTERM");
  assert.equal(await ended, 0, log);
  assert.ok(Date.now() - begun < 6_000, `${Date.now() - begun} ms`);
});

#!/usr/bin/env node
// Sends the running program requests that follow its API description, and many that do not quite, for at most two
// minutes with a fixed seed. Fails on an answer that the description does not allow. Never judges what an answer says.
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startProgram } from "../browser/programma.mjs";

const program = await startProgram();
/** An id of a document that is there: invented ones never come past "not found". */
async function someDocument() {
  const stored = await fetch(`${program.address}/v1/zoekopdrachten`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ vraag: "windpark" }),
  });
  const found = await fetch(`${stored.url}/resultaten`);
  return (await found.json()).resultaten[0].id;
}

const config = join(program.folder, "schemathesis.toml");
await writeFile(config, `
# A request that is wrong as well as too large is refused for its size.
[checks.negative_data_rejection]
expected-statuses = ["400", "403", "404", "405", "406", "413", "415"]

# A rule of the domain (a number that is taken, a round that is still open) is in no schema: 422 says which one.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429", "5xx"]

# A question has a grammar that no JSON schema can describe: 400 with the place of the error is a right answer.
[[operations]]
include-operation-id = ["maakZoekopdracht", "maakTermenrapport"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "404", "422"]

# The case that every program without accounts has.
[[operations]]
include-path-regex = "^/zaken/[{]zaak[}]"
parameters = { "path.zaak" = "lokaal" }

[[operations]]
include-path = ["/documenten/{id}", "/documenten/{id}/familie", "/documenten/{id}/origineel", "/documenten/{id}/tekst"]
parameters = { "path.id" = "${await someDocument()}" }
`);
const options = [
  "--config-file", config, "run", `${program.address}/v1/openapi.json`, "--checks", "all",
  // A stream that goes on as long as the run does.
  "--exclude-path", "/voortgang/stroom",
  "--seed", "20260401", "--max-time", process.env.ZV_FUZZ_SECONDS ?? "110", "--max-examples", "60", "--workers", "2",
  "--request-timeout", "20", "--no-color", "--report-dir", join(program.folder, "schemathesis"),
];
// It keeps notes in the folder where it runs.
const child = spawn("schemathesis", options, { stdio: "inherit", cwd: program.folder });
const code = await new Promise((resolve) => {
  child.on("error", (error) => { console.error(String(error)); resolve(1); });
  child.on("close", resolve);
});
if (/panick/.test(program.log())) console.error(`the program panicked:\n${program.log()}`);
await program.stop();
process.exitCode = code === 0 && !/panick/.test(program.log()) ? 0 : 1;

#!/usr/bin/env node
// Sends the running program requests that follow its API description, and many that do not quite, for at most two
// minutes with a fixed seed. Fails on an answer that the description does not allow. Never judges what an answer says.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { startProgram } from "../browser/programma.mjs";

const program = await startProgram();
const report = join(program.folder, "schemathesis");
const options = [
  "--config-file", new URL("schemathesis.toml", import.meta.url).pathname,
  "run", `${program.address}/v1/openapi.json`, "--checks", "all",
  // The stream of progress ends when the run does; the download of an original is no JSON. Both have tests of their own.
  "--exclude-path", "/voortgang/stroom",
  "--seed", "20260401", "--max-time", "110", "--max-examples", "60", "--workers", "2", "--request-timeout", "20",
  "--no-color", "--report-dir", report,
];
const child = spawn("schemathesis", options, { stdio: "inherit" });
const code = await new Promise((resolve) => {
  child.on("error", (error) => { console.error(String(error)); resolve(1); });
  child.on("close", resolve);
});
if (/panick/.test(program.log())) console.error(`the program panicked:\n${program.log()}`);
await program.stop();
process.exitCode = code === 0 && !/panick/.test(program.log()) ? 0 : 1;

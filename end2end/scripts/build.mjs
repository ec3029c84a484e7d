// Where cargo puts what is tested: found by asking cargo, so that CARGO_TARGET_DIR is honoured.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const workspace = fileURLToPath(new URL("../..", import.meta.url));

/** @returns {string} cargo's target directory, absolute. */
export function targetDirectory() {
  const args = ["metadata", "--no-deps", "--offline", "--format-version=1"];
  const metadata = execFileSync("cargo", args, { cwd: workspace, encoding: "utf8", maxBuffer: 1 << 26 });
  return JSON.parse(metadata).target_directory;
}

/**
 * The server to test: LATCHKEY_BIN, else the one built last (cargo-leptos does not say which
 * profile it built, and the site beside it is always that of the last build).
 * @returns {string}
 */
export function findServer() {
  if (process.env.LATCHKEY_BIN) return process.env.LATCHKEY_BIN;
  const built = ["release", "debug"]
    .map((profile) => join(targetDirectory(), profile, "latchkey"))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (built[0] === undefined) throw new Error('There is no server to test: run "cargo leptos build --release" first.');
  return built[0];
}

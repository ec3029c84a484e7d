// Where cargo puts what is tested: found by asking cargo, so that CARGO_TARGET_DIR is honoured.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const workspace = fileURLToPath(new URL("../..", import.meta.url));

/** @returns {string} cargo's target directory, absolute. */
export function targetDirectory() {
  const args = ["metadata", "--no-deps", "--offline", "--format-version=1"];
  const metadata = execFileSync("cargo", args, { cwd: workspace, encoding: "utf8", maxBuffer: 1 << 26 });
  return JSON.parse(metadata).target_directory;
}

/**
 * The server to test: LATCHKEY_BIN, else what the cargo-leptos that started us has built, else the
 * release build.
 * @returns {string}
 */
export function findServer() {
  if (process.env.LATCHKEY_BIN) return process.env.LATCHKEY_BIN;
  const profile = startedForDebug(process.pid) ? "debug" : "release";
  const server = join(targetDirectory(), profile, "latchkey");
  if (!existsSync(server)) throw new Error(`${server} is not there: run "cargo leptos build --release" first.`);
  return server;
}

/**
 * The folder of the pages' files that belong to a server: beside it or one above, whichever was
 * built last.
 * @param {string} server
 * @returns {string}
 */
export function findSite(server) {
  const folder = dirname(server);
  /** @param {string} site */
  const builtAt = (site) => statSync(join(site, "pkg")).mtimeMs;
  const [site] = [join(folder, "site"), join(folder, "..", "site")]
    .filter((site) => existsSync(join(site, "pkg")))
    .sort((a, b) => builtAt(b) - builtAt(a));
  if (site === undefined) throw new Error(`${server} has no site: run "cargo leptos build --release" first.`);
  return site;
}

/**
 * Whether "cargo leptos end-to-end" without --release is among our ancestors: it says in no other
 * way which build it wants tested.
 * @param {number} pid
 * @returns {boolean}
 */
function startedForDebug(pid) {
  const listed = spawnSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { encoding: "utf8" });
  const [, parent, command] = /^\s*(\d+) (.*)/.exec(listed.stdout ?? "") ?? [];
  if (command?.includes("end-to-end")) return !/ (-r|--release)( |$)/.test(command);
  return Number(parent) > 1 && startedForDebug(Number(parent));
}

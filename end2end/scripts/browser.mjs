// Which Chromium the browser tests use. As a program: installs one if there is none.
import { spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PLACES = [
  "/usr/bin",
  "/usr/local/bin",
  "/Applications/Chromium.app/Contents/MacOS",
  "/Applications/Google Chrome.app/Contents/MacOS",
];
const MAC_NAMES = ["Chromium", "Google Chrome"];

/**
 * The browser of this machine: what CHROMIUM names, else one on PATH or in the usual places;
 * undefined where Playwright's own is to be used.
 * @returns {string | undefined}
 */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = [...(process.env.PATH ?? "").split(delimiter).filter(Boolean), ...PLACES];
  const candidates = folders.flatMap((folder) => [...NAMES, ...MAC_NAMES].map((name) => join(folder, name)));
  return candidates.find(isExecutable);
}

/**
 * Ubuntu's package of this name is a snap, which does not work in every container.
 * @param {string} path
 */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return !start(path).includes("snap install");
  } catch {
    return false;
  }
}

/** @param {string} path */
function start(path) {
  const buffer = Buffer.alloc(4096);
  const file = openSync(path, "r");
  try {
    return buffer.subarray(0, readSync(file, buffer)).toString("latin1");
  } finally {
    closeSync(file);
  }
}

async function playwrightHasOne() {
  const { chromium } = await import("@playwright/test");
  return existsSync(chromium.executablePath());
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} options
 */
function run(command, args, options) {
  return spawnSync(command, args, { stdio: "inherit", ...options }).status === 0;
}

const mayUseApt = existsSync("/etc/debian_version") && process.getuid?.() === 0;

function aptInstalls() {
  if (!mayUseApt) return false;
  console.log("==> installing Debian's chromium (apt-get): the browser tests drive a real browser");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"];
  return run("apt-get", ["update", "-qq"], { env }) && run("apt-get", install, { env }) && findChromium() !== undefined;
}

function playwrightInstalls() {
  console.log("==> installing Playwright's Chromium: the browser tests drive a real browser");
  const args = ["playwright", "install", ...(mayUseApt ? ["--with-deps"] : []), "chromium"];
  return run("npx", args, { cwd: fileURLToPath(new URL("..", import.meta.url)) });
}

async function main() {
  const chosen = findChromium();
  if (chosen !== undefined) {
    if (isExecutable(chosen)) return;
    console.error(`CHROMIUM=${chosen} cannot be executed: correct or unset it, and run this again.`);
    process.exit(1);
  }
  if ((await playwrightHasOne()) || aptInstalls() || playwrightInstalls()) return;
  console.error(
    "No Chromium could be installed: see above. Install Chromium or Google Chrome yourself " +
      "(or name one by CHROMIUM=/path/to/it), and run this again.",
  );
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

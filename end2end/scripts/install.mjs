// Installs end2end/node_modules unless it already is what package-lock.json says.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const lock = `${here}package-lock.json`;
/** npm writes this file last, so it is newer than the lock that it was installed from. */
const installed = `${here}node_modules/.package-lock.json`;

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.log("==> installing Playwright, axe and wasm-opt (npm ci): the browser tests and the release build need them");
  const npm = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: here, stdio: "inherit" });
  if (npm.status !== 0) {
    console.error(
      "npm could not install end2end's packages: see above. " +
        "If it could not download, run this again once the npm registry is reachable.",
    );
    process.exit(1);
  }
}

// Before all tests: the build is copied aside, so that what is tested stands alone, far from the
// sources, and a build that starts meanwhile cannot change it under the tests.
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { findServer, findSite } from "../../scripts/build.mjs";

/** Names the copied server to the workers. */
const STAGED = "LATCHKEY_STAGED_BIN";

/** The server under test. */
export function stagedServer(): string {
  const staged = process.env[STAGED];
  if (staged === undefined) throw new Error("The build was not copied aside: run the tests by Playwright.");
  return staged;
}

/** Copies the server, its file of hashes and its site, and returns what removes them again. */
export default function stage(): () => void {
  const server = findServer();
  const stagingDirectory = mkdtempSync(join(tmpdir(), "latchkey-build-"));
  const copies = [
    [server, join("bin", basename(server))],
    [join(dirname(server), "hash.txt"), join("bin", "hash.txt")],
    [findSite(server), join("bin", "site")],
  ] as const;
  for (const [from, to] of copies) {
    if (existsSync(from)) cpSync(from, join(stagingDirectory, to), { recursive: true, preserveTimestamps: true });
  }
  process.env[STAGED] = join(stagingDirectory, "bin", basename(server));
  return () => rmSync(stagingDirectory, { recursive: true, force: true });
}

// Prints what a first visit to /login downloads, compressed with brotli, beside its budget.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { findServer, findSite } from "./build.mjs";

/** Bytes. An empty Leptos app with router takes 101 kB. */
const BUDGET = 165_000;
const KINDS = ["wasm", "js", "css"];

const pkg = join(findSite(findServer()), "pkg");

/** @param {string} kind */
function brotliBytes(kind) {
  return readdirSync(pkg, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(`.${kind}`))
    .map((file) => brotliCompressSync(readFileSync(join(pkg, file)), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
    .reduce((sum, compressed) => sum + compressed.length, 0);
}

/** @param {number} bytes */
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const sizes = KINDS.map((kind) => ({ kind, bytes: brotliBytes(kind) }));
const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
const parts = sizes.map(({ kind, bytes }) => `${kind} ${kB(bytes)}`).join(" + ");
const over = total > BUDGET ? `, ${kB(total - BUDGET)} over it` : "";
// A figure to watch, not a test: what is over its budget is said, and stops nobody.
console.log(`${parts} = ${kB(total)} brotli; budget ${kB(BUDGET)}${over}`);

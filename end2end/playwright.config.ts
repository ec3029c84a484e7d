import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/browser.mjs";

export default defineConfig({
  testDir: "tests",
  globalSetup: "./tests/support/stage.ts",
  fullyParallel: true,
  forbidOnly: true,
  // A test that passes at the second attempt has found something.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // The failures come last: an excerpt of a long run shows its end.
  reporter: [["./tests/support/matrix.ts"], ["list"]],
  use: {
    trace: "retain-on-failure",
    locale: "en-GB",
    launchOptions: {
      executablePath: findChromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "chromium", use: { browserName: "chromium" } },
    { name: "no-script", testMatch: /(^|\/)([a-z]+-)?forms\.spec\.ts$/, use: { browserName: "chromium", javaScriptEnabled: false } },
  ],
});

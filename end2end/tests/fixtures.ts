// The vocabulary of the tests: a server of one's own, a browser that must not complain, and what
// the pages asked the server.
import { test as base, expect } from "@playwright/test";
import { Complaints } from "./support/complaints.ts";
import { announceHydration } from "./support/pages.ts";
import { ADA, Server, type Settings } from "./support/server.ts";
import { LOGIN, Traffic } from "./support/traffic.ts";

interface Options {
  /** Settings of the server, by environment variable. */
  settings: Settings;
}

interface Fixtures {
  /** The server, with Ada's account. */
  server: Server;
  /** What the browser complained about; anything not allowed fails the test. */
  complaints: Complaints;
  traffic: Traffic;
  /** Signs Ada in by the API, into the cookies of this browser. */
  signedIn: void;
}

export const test = base.extend<Fixtures & Options>({
  settings: [{}, { option: true }],

  server: async ({ settings }, use, testInfo) => {
    const server = await Server.start(settings);
    await server.createUser(ADA);
    await use(server);
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach("server log", { body: server.log });
    await server.stop();
  },

  baseURL: async ({ server }, use) => use(server.origin),

  complaints: async ({ context }, use) => {
    const complaints = new Complaints();
    await complaints.watch(context);
    await announceHydration(context);
    await use(complaints);
    complaints.check();
  },

  traffic: async ({ context }, use) => use(new Traffic(context)),

  // Every page is watched, whether its test asks for that or not.
  page: async ({ page, complaints: _watched }, use) => use(page),

  signedIn: async ({ context }, use) => {
    const { username, password } = ADA;
    const answer = await context.request.post(LOGIN, { data: { username, password } });
    expect(answer.status(), await answer.text()).toBe(200);
    await use();
  },
});

export { expect, ADA };
export * from "./support/traffic.ts";

import { AxeBuilder } from "@axe-core/playwright";
import { ADA, expect, LOGIN, REGISTRATION, test } from "./fixtures.ts";
import { LoginPage, open, RegisterPage } from "./support/pages.ts";

const THEMES = ["light", "dark"] as const;
const DEVICES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
  // The narrowest that WCAG 1.4.10 asks for.
  narrow: { width: 320, height: 640 },
} as const;

/** Every page, in every state that looks different. */
const VIEWS = [
  { name: "home", path: "/", signedIn: false },
  { name: "home-signed-in", path: "/", signedIn: true },
  { name: "login", path: "/login", signedIn: false },
  { name: "login-refused", path: "/login", signedIn: false },
  { name: "register", path: "/register", signedIn: false },
  { name: "register-refused", path: "/register", signedIn: false },
  { name: "account", path: "/account", signedIn: true },
  { name: "not-found", path: "/nowhere", signedIn: false },
] as const;

for (const colorScheme of THEMES) {
  for (const [device, viewport] of Object.entries(DEVICES)) {
    test.describe(`${colorScheme} ${device}`, () => {
      test.use({ colorScheme, viewport });

      for (const view of VIEWS) {
        test(view.name, async ({ page, context, complaints }, testInfo) => {
          complaints.allowStatus(404, "/nowhere");
          if (view.signedIn) await context.request.post(LOGIN, { data: { username: ADA.username, password: ADA.password } });
          await open(page, view.path);
          if (view.name === "login-refused") {
            complaints.allowStatus(400, LOGIN);
            await new LoginPage(page).signIn({ ...ADA, password: "not hers" });
            await expect(new LoginPage(page).error).not.toBeEmpty();
          }
          if (view.name === "register-refused") {
            complaints.allowStatus(400, REGISTRATION);
            const register = new RegisterPage(page);
            await register.register({ username: "ada", email: "ada@example.com", password: "1234567" });
            await expect(register.username).toHaveAttribute("aria-invalid", "true");
          }

          const path = `${testInfo.project.outputDir}/screens/${view.name}-${colorScheme}-${device}.png`;
          await page.screenshot({ path, fullPage: true, animations: "disabled" });
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(width, "nothing sticks out sideways").toBeLessThanOrEqual(viewport.width);
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
        });
      }
    });
  }
}

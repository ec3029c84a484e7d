import { ADA, expect, LOGIN, REGISTRATION, test } from "./fixtures.ts";
import { DEVICES, looksWell, THEMES } from "./support/look.ts";
import { LoginPage, open, RegisterPage } from "./support/pages.ts";

/** Every page, in every state that looks different. */
const VIEWS = [
  { name: "home", path: "/", signedIn: false },
  { name: "home-signed-in", path: "/", signedIn: true },
  { name: "login", path: "/login", signedIn: false },
  { name: "login-refused", path: "/login", signedIn: false },
  { name: "register", path: "/register", signedIn: false },
  { name: "register-refused", path: "/register", signedIn: false },
  { name: "forgot-password", path: "/forgot-password", signedIn: false },
  { name: "forgot-password-done", path: "/forgot-password?done", signedIn: false },
  { name: "reset-password", path: "/reset-password?uid=1&token=x", signedIn: false },
  { name: "reset-password-dead", path: "/reset-password?uid=1&token=x", signedIn: false },
  { name: "verify-email", path: "/verify-email?key=x", signedIn: false },
  { name: "verify-email-done", path: "/verify-email?done", signedIn: false },
  { name: "resend-email", path: "/resend-email", signedIn: false },
  { name: "account", path: "/account", signedIn: true },
  { name: "account-profile", path: "/account/profile", signedIn: true },
  { name: "account-profile-done", path: "/account/profile?done", signedIn: true },
  { name: "account-email", path: "/account/email", signedIn: true },
  { name: "account-email-done", path: "/account/email?done", signedIn: true },
  { name: "account-password", path: "/account/password", signedIn: true },
  { name: "account-password-refused", path: "/account/password", signedIn: true },
  { name: "account-sessions", path: "/account/sessions", signedIn: true },
  { name: "account-sessions-done", path: "/account/sessions?done", signedIn: true },
  { name: "account-activity", path: "/account/activity", signedIn: true },
  { name: "account-delete", path: "/account/delete", signedIn: true },
  { name: "account-delete-refused", path: "/account/delete", signedIn: true },
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
          if (view.name === "reset-password-dead") {
            complaints.allowStatus(400, "/api/auth/password/reset/confirm/");
            for (const label of ["New password", "New password again"]) {
              await page.getByLabel(label, { exact: true }).fill("difference engine no. 2");
            }
            await page.getByRole("button", { name: "Save the new password" }).click();
            await expect(page.getByRole("main").getByRole("alert")).not.toBeEmpty();
          }
          if (view.name === "account-delete-refused") {
            await page.getByRole("button", { name: "Delete my account" }).click();
            await expect(page.getByRole("checkbox")).toHaveAttribute("aria-invalid", "true");
          }
          if (view.name === "account-password-refused") {
            await page.getByRole("button", { name: "Save the new password" }).click();
            await expect(page.getByLabel("Present password")).toHaveAttribute("aria-invalid", "true");
          }

          await looksWell(page, testInfo, `${view.name}-${colorScheme}-${device}`);
        });
      }
    });
  }
}

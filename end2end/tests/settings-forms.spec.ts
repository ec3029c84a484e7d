// The pages of a server with stricter settings than the default. Runs twice: hydrated, and with
// JavaScript disabled.
import type { Page } from "@playwright/test";
import { DATA, expect, REFRESH, test } from "./fixtures.ts";
import { fault, field, main, open, press, scripted, told } from "./support/forms.ts";
import { linkIn, mails, mailTo } from "./support/mail.ts";
import { AccountPage } from "./support/pages.ts";

const PASSWORD = "difference engine no. 2";
const EVE = "eve@example.com";

test.use({
  settings: {
    ACCOUNT_EMAIL_VERIFICATION: "mandatory",
    ACCOUNT_LOGIN_METHODS: "email",
    JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED: "true",
    AUTH_HEADER_TYPES: "JWT",
    OLD_PASSWORD_FIELD_ENABLED: "false",
  },
});

async function signIn(page: Page): Promise<void> {
  await open(page, "/login");
  await field(page, "E-mail address").fill(EVE);
  await field(page, "Password").fill(PASSWORD);
  await press(page, "Sign in");
}

test("an address is confirmed before the first sign-in, which is by address", async ({ page, server, complaints, context, traffic }) => {
  complaints.allowStatus(400, "/api/auth/login/");
  complaints.allowStatus(400, "/login");
  await open(page, "/register");
  await field(page, "Username").fill("eve");
  await field(page, "E-mail address").fill(EVE);
  await field(page, "Password").fill(PASSWORD);
  await field(page, "Password again").fill(PASSWORD);
  await press(page, "Make my account");
  await expect(page).toHaveURL("/resend-email?done");
  await expect(told(page)).toContainText("a mail is on its way");

  await signIn(page);
  await expect(fault(page)).toContainText("These do not match.");
  await main(page).getByRole("link", { name: "Your address is yet to be confirmed?" }).click();
  await expect(page).toHaveURL("/resend-email");

  await open(page, linkIn(await mailTo(server, EVE)));
  await press(page, "Confirm this address");
  await expect(told(page)).toHaveText("Your e-mail address is confirmed.");
  await signIn(page);
  await expect(page).toHaveURL("/account");
  expect(mails(server).map(({ subject }) => subject)).toEqual(["Is this your e-mail address?"]);

  // Changes by cookie bring the second proof, and none was asked for the present password.
  await open(page, "/account/profile");
  await field(page, "Given name").fill("Eve");
  await press(page, "Save");
  await expect(told(page)).not.toBeEmpty();
  await open(page, "/account/password");
  await expect(field(page, "Present password")).toHaveCount(0);
  await field(page, "New password").fill("another engine entirely");
  await field(page, "New password again").fill("another engine entirely");
  await press(page, "Save the new password");
  await expect(told(page)).toContainText("Your new password is saved.");

  await open(page, "/account");
  const account = new AccountPage(page);
  await expect(account.heading).toHaveText("Hello, Eve");
  if (scripted()) {
    // The challenge names another scheme, and is ours all the same.
    traffic.clear();
    complaints.allowStatus(401, DATA);
    await context.clearCookies({ name: "access" });
    await account.loadAgain.click();
    await expect(account.items).toHaveText([/first/, /second/]);
    await expect.poll(() => traffic.statuses(REFRESH)).toEqual([200]);
  }
  await account.signOut.click();
  await expect(page).toHaveURL("/login");
});

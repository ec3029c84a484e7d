// The pages of mailed links and of the account area. Runs twice: hydrated, and with JavaScript
// disabled.
import type { Page } from "@playwright/test";
import { ADA, expect, LOGIN, REGISTRATION, test, USER } from "./fixtures.ts";
import { fault, field, main, open, press, scripted, told } from "./support/forms.ts";
import { linkIn, mails, mailTo } from "./support/mail.ts";
import { AccountPage, hydrated, LoginPage, RegisterPage, sessionCookies } from "./support/pages.ts";

const NEW_PASSWORD = "difference engine no. 2";
const MEANT = "Yes, delete my account for good";
const COUNTESS = "countess@example.com";
const BOB = {
  username: "bob",
  email: "bob@example.com",
  firstName: "Bob",
  lastName: "Builder",
  password: "yes we can, again and again",
};
const DEAD_LINK = /^This link was used already, is too old, or is not complete\./;

/** Where a form that has worked leaves one: its own page. Without a script the address says so, too. */
const done = (path: string): string => (scripted() ? path : `${path}?done`);

async function choose(page: Page, password: string, again = password): Promise<void> {
  await field(page, "New password").fill(password);
  await field(page, "New password again").fill(again);
}

test.describe("a mailed link", () => {
  test("confirms an address once its button is pressed, and once only", async ({ page, server, complaints }) => {
    complaints.allowStatus(404, "/api/auth/registration/verify-email/");
    await open(page, "/register");
    await new RegisterPage(page).register({ username: "eve", email: "eve@example.com", password: NEW_PASSWORD });
    await expect(page).toHaveURL("/account");
    const link = linkIn(await mailTo(server, "eve@example.com"));
    complaints.allowStatus(404, "/verify-email");

    await open(page, link);
    await expect(main(page).getByRole("heading", { level: 1 })).toHaveText("Is this your address?");
    await press(page, "Confirm this address");
    await expect(told(page)).toHaveText("Your e-mail address is confirmed.");
    await expect(main(page).getByRole("button")).toBeHidden();

    await open(page, link);
    await press(page, "Confirm this address");
    await expect(fault(page)).toHaveText(DEAD_LINK);
    await main(page).getByRole("link", { name: "Have the mail sent again" }).click();
    await expect(page).toHaveURL("/resend-email");
  });

  test("is sent again to whoever has to confirm an address", async ({ page, context, server }) => {
    const data = { username: "eve", email: "eve@example.com", password1: NEW_PASSWORD, password2: NEW_PASSWORD };
    expect((await context.request.post(REGISTRATION, { data })).status()).toBe(201);
    await mailTo(server, "eve@example.com");
    await open(page, "/resend-email");
    await field(page, "E-mail address").fill("eve@example.com");
    await press(page, "Send the mail again");
    await expect(told(page)).toContainText("a mail is on its way");
    const link = linkIn(await mailTo(server, "eve@example.com", 2));
    await open(page, link);
    await press(page, "Confirm this address");
    await expect(told(page)).toHaveText("Your e-mail address is confirmed.");
  });

  test("leads from a forgotten password to a new one, and in", async ({ page, server, complaints }) => {
    complaints.allowStatus(400, "/api/auth/password/reset/confirm/");
    await open(page, "/login");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await expect(page).toHaveURL("/forgot-password");
    if (scripted()) await hydrated(page);
    await field(page, "E-mail address").fill(ADA.email);
    await press(page, "Send me a link");
    await expect(page).toHaveURL(done("/forgot-password"));
    await expect(told(page)).toContainText("is on its way");

    const link = linkIn(await mailTo(server, ADA.email));
    complaints.allowStatus(400, "/reset-password");
    await open(page, link);
    await choose(page, "12345678");
    await press(page, "Save the new password");
    await expect(field(page, "New password again")).toHaveAccessibleDescription(/too common.*entirely numeric/);
    await choose(page, NEW_PASSWORD);
    await press(page, "Save the new password");
    await expect(page).toHaveURL("/account/password?done");
    await expect(told(page)).toHaveText("Your new password is saved. You are signed in here and nowhere else.");

    if (scripted()) {
      await page.goBack();
      expect(page.url(), "a link that is used is not in the history").not.toContain("token=");
    }
    await open(page, link);
    await choose(page, "another engine entirely");
    await press(page, "Save the new password");
    await expect(fault(page)).toHaveText(DEAD_LINK);
    expect((await mailTo(server, ADA.email, 2)).subject).toBe("Your password was changed");
  });

  test("is promised to every address, and sent to those that have an account", async ({ page, server }) => {
    await open(page, "/forgot-password");
    await field(page, "E-mail address").fill("nobody@example.com");
    await press(page, "Send me a link");
    await expect(told(page)).toContainText("is on its way");
    await open(page, "/forgot-password");
    await field(page, "E-mail address").fill(ADA.email);
    await press(page, "Send me a link");
    await mailTo(server, ADA.email);
    expect(mails(server).map(({ to }) => to)).toEqual([ADA.email]);
  });
});

test.describe("the account area", () => {
  test.beforeEach(async ({ signedIn: _signedIn }) => {});

  test("has its places in one row", async ({ page }) => {
    await open(page, "/account");
    const places = main(page).getByRole("navigation", { name: "Your account" }).getByRole("link");
    await expect(places).toHaveText(["Overview", "Names", "E-mail", "Password", "Sessions", "Activity", "Delete"]);
    for (const [name, path, heading] of [
      ["Names", "/account/profile", "Your names"],
      ["E-mail", "/account/email", "Your e‑mail address"],
      ["Password", "/account/password", "Your password"],
      ["Sessions", "/account/sessions", "Your sessions"],
      ["Activity", "/account/activity", "Your activity"],
      ["Delete", "/account/delete", "Delete your account"],
    ] as const) {
      await places.filter({ hasText: name }).click();
      await expect(page).toHaveURL(path);
      await expect(main(page).getByRole("heading", { level: 1 })).toHaveText(heading);
      await expect(places.filter({ hasText: name })).toHaveAttribute("aria-current", "page");
      await expect(page).toHaveTitle(`${heading} · Latchkey`);
    }
    await places.filter({ hasText: "Overview" }).click();
    await new AccountPage(page).isShown();
  });

  test("names: saved, seen at once, and taken back", async ({ page, complaints }) => {
    for (const path of ["/api/auth/user/", "/account/profile"]) complaints.allowStatus(400, path);
    await open(page, "/account/profile");
    await expect(field(page, "Given name")).toHaveValue("Ada");
    await field(page, "Username").fill("countess");
    await field(page, "Given name").fill("Augusta");
    await field(page, "Family name").fill("");
    await press(page, "Save");
    await expect(told(page)).toHaveText("Your names are saved.");
    await expect(page.getByText("Signed in as countess")).toBeVisible();
    await page.getByRole("link", { name: "Overview" }).click();
    await expect(new AccountPage(page).heading).toHaveText("Hello, Augusta");

    await open(page, "/account/profile");
    await expect(field(page, "Family name")).toHaveValue("");
    await field(page, "Username").fill("no spaces");
    await field(page, "Given name").fill("Ada");
    await press(page, "Save");
    await expect(field(page, "Username")).toHaveAccessibleDescription(/Enter a valid username\./);
    await expect(field(page, "Username")).toBeFocused();
    await expect(field(page, "Given name")).toHaveValue("Ada");
    await expect(told(page)).toBeEmpty();
  });

  test("another address: confirmed there, told here", async ({ page, server, complaints }) => {
    for (const path of ["/api/auth/email/", "/account/email"]) complaints.allowStatus(400, path);
    await open(page, "/account/email");
    await expect(page.getByText("Your address is ada@example.com.")).toBeVisible();
    await field(page, "E-mail address").fill("countess@");
    await press(page, "Change my address");
    await expect(field(page, "E-mail address")).toHaveAccessibleDescription("Enter a valid email address.");
    await expect(field(page, "E-mail address")).toHaveValue("countess@");
    await field(page, "E-mail address").fill(COUNTESS);
    await press(page, "Change my address");
    await expect(told(page)).toContainText("A mail is on its way to the new address.");
    if (scripted()) await expect(told(page).getByText("A mail is on its way")).toBeFocused();

    expect((await mailTo(server, ADA.email)).text).toContain(COUNTESS);
    await open(page, linkIn(await mailTo(server, COUNTESS)));
    await press(page, "Confirm this address");
    await expect(told(page)).toHaveText("Your e-mail address is confirmed.");
    await page.getByRole("link", { name: "Go to your account" }).click();
    await expect(page.getByText(COUNTESS)).toBeVisible();
  });

  test("another password: the other browsers are out, this one stays", async ({ page, browser, server, complaints }) => {
    for (const path of ["/api/auth/password/change/", "/account/password"]) complaints.allowStatus(400, path);
    const elsewhere = await browser.newContext({ baseURL: server.origin });
    const { username, password } = ADA;
    expect((await elsewhere.request.post(LOGIN, { data: { username, password } })).status()).toBe(200);

    await open(page, "/account/password");
    await field(page, "Present password").fill("not hers");
    await choose(page, NEW_PASSWORD);
    await press(page, "Save the new password");
    await expect(field(page, "Present password")).toHaveAccessibleDescription(/entered incorrectly/);
    await field(page, "Present password").fill(ADA.password);
    await choose(page, NEW_PASSWORD);
    await press(page, "Save the new password");
    await expect(told(page)).toContainText("Your new password is saved.");
    await expect(field(page, "New password")).toHaveValue("");

    expect((await elsewhere.request.get("/api/auth/user/")).status()).toBe(401);
    await page.getByRole("link", { name: "Overview" }).click();
    await new AccountPage(page).isShown();
    await page.reload();
    await new AccountPage(page).isShown();
    await elsewhere.close();
  });

  test("the end of an account", async ({ page, context, complaints }) => {
    for (const path of ["/api/auth/account/delete/", "/account/delete", LOGIN, "/login"]) {
      complaints.allowStatus(400, path);
    }
    await open(page, "/account/delete");
    await press(page, "Delete my account");
    if (scripted()) await expect(field(page, MEANT)).toHaveAccessibleDescription(/^Tick this box first/);
    await expect(page, "the browser itself sees to it").toHaveURL("/account/delete");
    await field(page, MEANT).check();
    await press(page, "Delete my account");
    await expect(page).toHaveURL("/login?done");
    await expect(told(page)).toHaveText("Your account has been deleted.");
    expect(await sessionCookies(context)).toEqual([]);
    await new LoginPage(page).signIn();
    await expect(fault(page)).toContainText("do not match");
    await page.goto("/account/delete");
    await expect(page).toHaveURL("/login?next=/account/delete");
  });

  test("nothing is done to whoever has signed in in another tab meanwhile", async ({ page, context, complaints, server }) => {
    for (const path of ["/api/auth/account/delete/", "/account/delete"]) complaints.allowStatus(409, path);
    await server.createUser(BOB);
    await open(page, "/account/delete");
    // As by a form whose page had no script: this tab hears nothing of it.
    const { username, password } = BOB;
    expect((await context.request.post(LOGIN, { data: { username, password } })).status()).toBe(200);
    await field(page, MEANT).check();
    await press(page, "Delete my account");
    await expect(page.getByRole("banner")).toContainText("Signed in as bob");
    await expect(field(page, MEANT), "nothing is ready to be pressed").not.toBeChecked();
    const undone = fault(page).filter({ hasText: "Nothing was done." });
    if (scripted()) {
      await expect(undone).toHaveText("You are signed in as bob now, from another tab. Nothing was done.");
      await expect(undone).toBeFocused();
    } else {
      await expect(undone).toHaveText("You are signed in to another account now. Nothing was done.");
    }
    expect(await (await context.request.get(USER)).json()).toMatchObject({ username });

    // What the page shows now is Bob's to do.
    await field(page, MEANT).check();
    await press(page, "Delete my account");
    await expect(page).toHaveURL("/login?done");
    expect(await server.cli(["user", "list"])).toContain(ADA.username);
    expect(await server.cli(["user", "list"])).not.toContain(username);
  });

  test("password managers know what to fill in", async ({ page }) => {
    for (const [path, label, autocomplete] of [
      ["/account/profile", "Username", "username"],
      ["/account/email", "E-mail address", "email"],
      ["/account/password", "Present password", "current-password"],
      ["/account/password", "New password", "new-password"],
      ["/reset-password?uid=1&token=x", "New password again", "new-password"],
    ] as const) {
      await page.goto(path);
      await expect(field(page, label)).toHaveAttribute("autocomplete", autocomplete);
    }
  });
});

test("the area asks strangers to sign in, and then shows where they wanted to go", async ({ page }) => {
  await page.goto("/account/password");
  await expect(page).toHaveURL("/login?next=/account/password");
  if (scripted()) await hydrated(page);
  await new LoginPage(page).signIn();
  await expect(page).toHaveURL("/account/password");
  await expect(main(page).getByRole("heading", { level: 1 })).toHaveText("Your password");
});

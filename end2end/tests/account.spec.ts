// What only a script makes of the account area: trouble that is told, tabs that agree.
import { ADA, expect, REFRESH, test, USER } from "./fixtures.ts";
import { linkIn, mailTo } from "./support/mail.ts";
import { AccountPage, hydrated, open } from "./support/pages.ts";

const CHANGE = "/api/auth/password/change/";
const NEW_PASSWORD = "difference engine no. 2";

test.describe("signed in", () => {
  test.beforeEach(async ({ signedIn: _signedIn }) => {});

  test("a lost connection is told, and what was typed stays", async ({ page, complaints }) => {
    complaints.allow(/ERR_FAILED/);
    await open(page, "/account/email");
    await page.route("**/api/auth/email/", (route) => route.abort());
    await page.getByLabel("E-mail address", { exact: true }).fill("countess@example.com");
    await page.getByRole("button", { name: "Change my address" }).click();
    const fault = page.getByRole("main").getByRole("alert");
    await expect(fault).toHaveText("There was no answer. Check your connection, then try again.");
    await expect(fault.getByText("There was no answer.")).toBeFocused();
    await expect(page.getByLabel("E-mail address", { exact: true })).toHaveValue("countess@example.com");

    await page.unroute("**/api/auth/email/");
    await page.getByRole("button", { name: "Change my address" }).click();
    await expect(page.getByRole("main").getByRole("status")).toContainText("A mail is on its way");
    await expect(fault).toBeEmpty();
  });

  test("a tab whose names are old changes only what is changed in it", async ({ page, context }) => {
    const other = await context.newPage();
    await open(page, "/account/profile");
    await open(other, "/account/profile");
    await other.getByLabel("Family name").fill("King");
    await other.getByRole("button", { name: "Save" }).click();
    await expect(other.getByRole("main").getByRole("status")).toHaveText("Your names are saved.");
    await page.getByLabel("Given name").fill("Augusta");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("main").getByRole("status")).toHaveText("Your names are saved.");
    const user = await (await context.request.get(USER)).json();
    expect(user).toMatchObject({ first_name: "Augusta", last_name: "King" });
  });

  test("the same fault is told as often as it is made", async ({ page, complaints }) => {
    complaints.allowStatus(400, CHANGE);
    await open(page, "/account/password");
    for (const _time of [1, 2, 3]) {
      await page.getByLabel("Present password").fill("wrong");
      await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
      await page.getByLabel("New password again").fill(NEW_PASSWORD);
      const answered = page.waitForResponse(`**${CHANGE}`);
      await page.getByRole("button", { name: "Save the new password" }).click();
      await answered;
      await expect(page.getByLabel("Present password")).toBeFocused();
    }
  });

  test("what was left out is told without asking", async ({ page, traffic }) => {
    await open(page, "/account/password");
    await page.getByLabel("Present password").fill(ADA.password);
    await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
    await page.getByLabel("New password again").fill("something else");
    await page.getByRole("button", { name: "Save the new password" }).click();
    await expect(page.getByLabel("New password again")).toHaveAccessibleDescription("The two passwords are not the same.");
    await expect(page.getByLabel("New password again")).toBeFocused();
    expect(traffic.statuses(CHANGE)).toEqual([]);
  });

  test("a new password keeps this browser's tabs signed in, and the countdown goes on", async ({ page, context, traffic }) => {
    const other = await context.newPage();
    await open(other, "/account");
    await open(page, "/account/password");
    await page.getByLabel("Present password").fill(ADA.password);
    await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
    await page.getByLabel("New password again").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Save the new password" }).click();
    await expect(page.getByRole("main").getByRole("status")).toContainText("Your new password is saved.");
    await expect(page.getByLabel("New password again")).toHaveValue("");
    expect(traffic.statuses(CHANGE)).toEqual([200]);
    expect(traffic.statuses(REFRESH).every((status) => status === 200)).toBe(true);

    await page.getByRole("link", { name: "Overview" }).click();
    await new AccountPage(page).isShown();
    await expect(new AccountPage(page).countdown).toHaveText(/\d+:\d\d/);
    await new AccountPage(other).loadAgain.click();
    await new AccountPage(other).isShown();
  });

  test("an account that is deleted here is signed out in every tab", async ({ page, context, complaints }) => {
    complaints.allow(/status of 401/);
    const other = await context.newPage();
    await open(other, "/account");
    await open(page, "/account/delete");
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: "Delete my account" }).click();
    await expect(page.getByRole("main").getByRole("status")).toHaveText("Your account has been deleted.");
    await expect(other).toHaveURL("/login?next=/account");
    await page.goBack();
    await expect(page.getByText("Ada")).toHaveCount(0);
  });

  test.describe("with an access token that expires while one types", () => {
    test.use({ settings: { ACCESS_TOKEN_LIFETIME: "2s" } });

    test("the password is changed all the same", async ({ page, complaints }) => {
      complaints.allow(/status of 401/);
      await open(page, "/account/password");
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await page.getByLabel("Present password").fill(ADA.password);
      await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
      await page.getByLabel("New password again").fill(NEW_PASSWORD);
      await page.getByRole("button", { name: "Save the new password" }).click();
      await expect(page.getByRole("main").getByRole("status")).toContainText("Your new password is saved.");
    });
  });
});

test("the page of a mailed link loads nothing of others, and tells them nothing", async ({ page, server, traffic }) => {
  await page.request.post("/api/auth/password/reset/", { data: { email: ADA.email } });
  const link = linkIn(await mailTo(server, ADA.email));
  await open(page, link);
  await hydrated(page);
  const answers = traffic.answers();
  expect(new Set(answers.map((answer) => new URL(answer.url()).origin))).toEqual(new Set([server.origin]));
  const [document] = answers;
  expect(document?.headers()["referrer-policy"]).toBe("same-origin");
  expect(document?.headers()["cache-control"]).toContain("no-store");
});

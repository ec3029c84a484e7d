// The mails that a server has sent: by default it writes them into its data folder.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type { Server } from "./server.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** All mails so far, the oldest first. */
export function mails(server: Server): Mail[] {
  const folder = join(server.directory, "data", "mail");
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return files.map((file) => {
    const [head = "", ...rest] = readFileSync(join(folder, file), "utf8").split("\n\n");
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(head)?.[1] ?? "";
    return { to: field("To"), subject: field("Subject"), text: rest.join("\n\n") };
  });
}

/** Waits for the newest of `count` mails to an address. */
export async function mailTo(server: Server, address: string, count = 1): Promise<Mail> {
  const found = () => mails(server).filter(({ to }) => to === address);
  await expect.poll(() => found().length, { message: `mails to ${address}` }).toBe(count);
  return found().at(-1)!;
}

/** Path and query of the link in a mail. */
export function linkIn(mail: Mail): string {
  const link = /^https?:\/\/\S+$/m.exec(mail.text)?.[0];
  if (link === undefined) throw new Error(`no link in: ${mail.text}`);
  const { pathname, search } = new URL(link);
  return pathname + search;
}

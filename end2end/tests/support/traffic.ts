// What the pages of a browser context asked the server.
import type { BrowserContext, Response } from "@playwright/test";

export const REFRESH = "/api/auth/token/refresh/";
export const LOGIN = "/api/auth/login/";
export const REGISTRATION = "/api/auth/registration/";
export const LOGOUT = "/api/auth/logout/";
export const USER = "/api/auth/user/";
export const DATA = "/api/data/";

export class Traffic {
  #answers: Response[] = [];

  constructor(context: BrowserContext) {
    context.on("response", (response) => this.#answers.push(response));
  }

  /** The statuses of all answers from `path`, in order. */
  statuses(path: string): number[] {
    return this.answers(path).map((response) => response.status());
  }

  /** How often the refresh token was replaced: generations that answers brought beyond the first. */
  async rotations(): Promise<number> {
    const brought = new Set<number>();
    for (const answer of this.#answers) {
      for (const { name, value } of await answer.headersArray().catch(() => [])) {
        const token = name.toLowerCase() === "set-cookie" ? /^refresh=([^;.]+\.[^;.]+\.[^;]+)/.exec(value)?.[1] : undefined;
        if (token === undefined) continue;
        const claims: { gen: number } = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
        if (claims.gen > 1) brought.add(claims.gen);
      }
    }
    return brought.size;
  }

  /** All answers, or those from `path`. */
  answers(path?: string): Response[] {
    return this.#answers.filter((answer) => path === undefined || new URL(answer.url()).pathname === path);
  }

  /** Forgets what was so far, so that a test counts from here. */
  clear(): void {
    this.#answers = [];
  }
}

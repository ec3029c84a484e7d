// Prints what the rows of the matrix have measured, as a table.
import type { TestInfo } from "@playwright/test";
import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

const MARK = "matrix";

/** What a row has seen. */
export interface Row {
  /** What was done to the browser. */
  readonly what: string;
  readonly refreshes: number;
  readonly rotations: number;
  readonly signOuts: number;
  /** Anything else worth knowing. */
  readonly note?: string;
}

/** Puts a row into the table. */
export function report(info: Pick<TestInfo, "annotations">, row: Row): void {
  info.annotations.push({ type: MARK, description: JSON.stringify(row) });
}

export default class Matrix implements Reporter {
  readonly #rows: [Row, string][] = [];

  onTestEnd(_test: TestCase, result: TestResult): void {
    for (const { type, description } of result.annotations) {
      if (type === MARK) this.#rows.push([JSON.parse(description ?? "{}") as Row, result.status]);
    }
  }

  onEnd(_result: FullResult): void {
    if (this.#rows.length === 0) return;
    const lines = this.#rows
      .map(([row, status]) => [
        row.what,
        `${row.refreshes}`,
        `${row.rotations}`,
        `${row.signOuts}`,
        status,
        row.note ?? "",
      ])
      .sort(([one = ""], [other = ""]) => one.localeCompare(other));
    lines.unshift(["what happens", "refreshes", "rotations", "sign-outs", "", ""]);
    const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
    for (const line of lines) console.log("  " + line.map((cell, n) => cell.padEnd(widths[n]!)).join("  ").trimEnd());
  }
}

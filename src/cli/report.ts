/** What the doctor found, line by line. */
import type { Finding, FindingResult } from '../providers/index.js';

/** One thing that was checked. */
export interface Check extends Omit<Finding, 'subject'> {
  /** Such as `database` or `twilio sender`. */
  readonly name: string;
}

const WIDTH = 24;

export class Report {
  readonly checks: Check[] = [];

  /** `print` is given each line as it comes. */
  constructor(private readonly print: (line: string) => void) {}

  /** Adds what was found about something; a finding without a subject is about the whole of it. */
  add(about: string, ...findings: readonly Finding[]): void {
    for (const { subject, ...found } of findings) {
      const check = { name: subject === '' ? about : `${about} ${subject}`, ...found };
      this.checks.push(check);
      this.print(lineOf(check));
      if (check.advice !== undefined) this.print(`${' '.repeat(9)}→ ${check.advice}`);
    }
  }

  count(result: FindingResult): number {
    return this.checks.filter((check) => check.result === result).length;
  }

  /** All results in one line. */
  get summary(): string {
    const results = ['ok', 'warning', 'failed', 'skipped'] as const;
    return results.map((result) => `${this.count(result)} ${result}`).join(', ');
  }
}

const lineOf = ({ name, result, detail }: Check): string => `${result.padEnd(9)}${name.padEnd(WIDTH)} ${detail}`;

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly license?: string; readonly dev?: boolean; readonly devOptional?: boolean }>
  >;
}
interface AuditReport {
  readonly vulnerabilities?: Readonly<Record<string, { readonly via: readonly (string | object)[] }>>;
}
interface AllowList {
  readonly allowed: readonly { readonly id: string; readonly reason?: string; readonly until?: string }[];
}

/** Licences that may be in what is shipped. */
export const ALLOWED_LICENCES: readonly string[];
/** `name: licence` of each package that is shipped under another. */
export function unallowedLicences(lockfile: Lockfile): string[];
/** What is wrong with the advisories, and with the list of those that are allowed. */
export function judgeAdvisories(report: AuditReport, list: AllowList, today: string): string[];

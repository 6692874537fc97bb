/** How the text of a tenant's key names its region: `cb_us_…`, and `cb_test_us_…` in test mode. */
const KEY = /^cb_(?:test_)?(?:([a-z][a-z0-9-]{0,15})_)?[0-9a-f]{32}_/;

/** What stands before a key's id, after `cb_` or `cb_test_`. */
export const regionPart = (region: string | undefined): string => (region === undefined ? '' : `${region}_`);

/** The region that a tenant's key names, or `own` if it names none, as keys do that are older than the region. Undefined for what is no tenant's key. */
export function regionOfKey(key: string, own: string): string | undefined {
  const match = KEY.exec(key);
  return match ? (match[1] ?? own) : undefined;
}

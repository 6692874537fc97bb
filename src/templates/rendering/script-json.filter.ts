/** The Liquid filter `script_json`. */
import { liquidFilter, type FilterHandler } from './liquid-filters.js';

const json = liquidFilter('json');
const UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * `<script type="application/ld+json">{"name": {{ name | script_json }}}</script>`: JSON without the characters that could end
 * the script or a line of it, each as `\u003c`. As the last filter it is not escaped; in an attribute its quotes would end the
 * value.
 */
export const scriptJson: FilterHandler = function (value: unknown, space: unknown): string {
  const text = (json.call(this, value, space) as string | undefined) ?? 'null';
  return text.replaceAll(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
};

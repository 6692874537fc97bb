/** The public API of the terminal: what programs for people print. */
export { Screen } from './screen.js';

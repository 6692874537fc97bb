/** The public API of the terminal: output of interactive programs. */
export { Screen } from './screen.js';

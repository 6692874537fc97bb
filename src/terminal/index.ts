/** The public API of the terminal: output of interactive programs. */
export { wrap } from './layout.js';
export { Screen } from './screen.js';

/** The public API of the terminal: output of interactive programs. */
export { wrap } from './layout.js';
export { Screen, type Output } from './screen.js';
export { printable, type Cell, type Heading } from './table.js';

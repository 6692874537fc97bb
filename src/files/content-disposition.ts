/** How a browser is to take a file: values of `Content-Disposition`. */

/** To be stored, and not shown within our own site. */
export const downloaded = (name: string): string => `attachment; filename*=UTF-8''${encoded(name)}`;

/** To be opened at once. */
export const shown = (name: string): string => `inline; filename*=UTF-8''${encoded(name)}`;

/** As RFC 8187 has it, which allows fewer characters than a URL. */
const encoded = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

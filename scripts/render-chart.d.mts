/** The names of the renderings. */
export function renderings(): string[];
/** Of the chart as it is. */
export function chartDigest(): string;
/** The program: Helm 3. */
export const helm: string;
/** What it is called with for a rendering. */
export function templateArguments(name: string): string[];

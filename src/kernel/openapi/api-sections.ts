/** The sections of the API's documentation, in order. The application names them, since they are words of the business. */

export interface ApiSection {
  /** As in `ApiTags`. */
  readonly name: string;
  readonly description: string;
}

/** Injection token for the list. */
export const API_SECTIONS = Symbol('API_SECTIONS');

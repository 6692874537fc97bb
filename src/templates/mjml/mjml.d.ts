/** MJML as far as it is used here: it comes without types. */
declare module 'mjml' {
  export interface MjmlResult {
    readonly html: string;
    readonly errors: readonly { readonly line: number; readonly message: string; readonly tagName: string }[];
  }

  const mjml2html: (
    source: string,
    options: { readonly validationLevel: 'soft'; readonly ignoreIncludes: true; readonly keepComments: boolean },
  ) => Promise<MjmlResult>;
  export default mjml2html;
}

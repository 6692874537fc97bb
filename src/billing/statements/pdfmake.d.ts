/** pdfmake as far as it is used here: it comes without types. */
declare module 'pdfmake' {
  export type Content = string | readonly Content[] | { readonly [property: string]: unknown };

  export interface DocumentDefinition {
    readonly [property: string]: unknown;
    readonly content: readonly Content[];
    readonly footer: (page: number, pages: number) => Content;
  }

  interface PdfMake {
    setFonts(fonts: FontFiles): void;
    /** Whether the address of a file or a picture may be read. */
    setUrlAccessPolicy(mayRead: (url: string) => boolean): void;
    setLocalAccessPolicy(mayRead: (path: string) => boolean): void;
    createPdf(definition: DocumentDefinition): { getBuffer(): Promise<Buffer> };
  }

  /** The paths of a family's files, by style. */
  export type FontFiles = Readonly<
    Record<string, Readonly<Record<'normal' | 'bold' | 'italics' | 'bolditalics', string>>>
  >;

  const pdfMake: PdfMake;
  export default pdfMake;
}

declare module 'pdfmake/fonts/Roboto.js' {
  import type { FontFiles } from 'pdfmake';

  const roboto: FontFiles;
  export default roboto;
}

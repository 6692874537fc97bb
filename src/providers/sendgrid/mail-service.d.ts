/** The SDK's mail service, as far as it is used here: its own types hide the class from TypeScript 7. */
declare module '@sendgrid/mail/src/classes/mail-service.js' {
  export interface SdkCall {
    readonly method: 'POST';
    readonly url: string;
    /** The mail's own headers. */
    readonly headers: unknown;
    readonly body: object;
  }

  export interface SdkClient {
    request(call: SdkCall): Promise<unknown>;
  }

  export interface SdkMail {
    readonly from: { readonly email: string; readonly name?: string };
    readonly replyTo?: { readonly email: string };
    /** At least one, text before HTML. */
    readonly content: readonly { readonly type: 'text/plain' | 'text/html'; readonly value: string }[];
    /** Put round the keys of all substitutions. */
    readonly substitutionWrappers: readonly [string, string];
    readonly personalizations: readonly SdkPersonalization[];
    readonly attachments?: readonly SdkAttachment[];
  }

  export interface SdkAttachment {
    /** Base64. */
    readonly content: string;
    readonly filename: string;
    readonly type: string;
    readonly disposition: 'attachment' | 'inline';
    /** As the wire has it: the SDK renames no fields in lists. */
    readonly content_id?: string;
  }

  export interface SdkPersonalization {
    readonly to: { readonly email: string };
    readonly cc?: readonly { readonly email: string }[];
    readonly bcc?: readonly { readonly email: string }[];
    readonly subject: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly customArgs: Readonly<Record<string, string>>;
    readonly substitutions: Readonly<Record<string, string>>;
  }

  export default class MailService {
    setClient(client: SdkClient): this;
    /** Builds the mail and resolves to what the client answers. */
    send(mail: SdkMail): Promise<unknown>;
  }
}

/** Which of a template's languages a person reads. Pure. */
import { remembered } from '../remembered.js';

/** What is asked of a template that has translations. */
interface Offered<Template> {
  readonly language: string | undefined;
  readonly translations: readonly Template[];
}

/** A tag of BCP 47 in its canonical form: `pt-br`, `pt_BR` and `pt_BR.UTF-8` are `pt-BR`, `iw` is `he`. Undefined for any other text. */
export const canonicalLanguage = (tag: string): string | undefined => CANONICAL(tag).tag;

/** Remembered with its likely script, which tells a reader of `zh-TW` from one of `zh-CN`. */
const CANONICAL = remembered((text: string): { readonly tag?: string; readonly written?: string } => {
  const [tag = ''] = text.trim().replaceAll('_', '-').split(/[.@]/, 1);
  try {
    const locale = new Intl.Locale(tag);
    const { language, script } = locale.maximize();
    // `no` is what most systems call Bokmål.
    return { tag: locale.baseName, written: `${language === 'no' ? 'nb' : language}-${script}` };
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
});

/**
 * The one of `offered` (canonical tags) that serves somebody who asks for `wanted`: by RFC 4647's lookup (`de-AT`, then `de`), then the
 * first of the same language and script (`pt` is served by `pt-BR`, `zh-TW` not by `zh-Hans`). Undefined for none.
 */
export function bestLanguage(wanted: string, offered: readonly string[]): string | undefined {
  const { tag, written } = CANONICAL(wanted);
  if (tag === undefined) return undefined;
  const steps = tag.split('-');
  for (let length = steps.length; length > 0; length -= 1) {
    const asked = steps.slice(0, length).join('-');
    const found = offered.find((one) => one === asked && CANONICAL(one).written === written);
    if (found !== undefined) return found;
  }
  return offered.find((one) => CANONICAL(one).written === written);
}

/** What the data of a message say of the recipient: `language`, else `locale`, else the host's customer. */
export function languageOf({ language, locale, customer }: Readonly<Record<string, unknown>>): string | undefined {
  const ofCustomer = typeof customer === 'object' && customer !== null && 'language' in customer && customer.language;
  return [language, locale, ofCustomer].find((tag) => typeof tag === 'string' && tag !== '') as string | undefined;
}

/** The template itself, or the translation that these data ask for. */
export function inLanguageOf<Template extends Offered<Template>>(
  template: Template,
  data: Readonly<Record<string, unknown>>,
): Template {
  const wanted = template.translations.length > 0 ? languageOf(data) : undefined;
  if (wanted === undefined) return template;
  const all = [template, ...template.translations];
  const best = bestLanguage(
    wanted,
    all.flatMap(({ language }) => language ?? []),
  );
  return all.find(({ language }) => language === best) ?? template;
}

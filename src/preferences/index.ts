/** The public API of preferences: pages of people, which links in messages lead to. */
export { badLinkPage, page, PAGE_HEADERS, shortened } from './preferences-page.js';
export { isLanguage, languageFor, WORDS, type Language } from './preferences-words.js';
export { PreferencesModule } from './preferences.module.js';
export { visitOf } from './visit.js';

/** The public API of privacy: the application's module. */
export { PrivacyModule } from './privacy.module.js';

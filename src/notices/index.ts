/** The public API of notices: what the platform itself tells the people who run it, or who pay. */
export { LANGUAGES, type Language, type Letter, type Letters, type Table } from './letter.js';
export type { Verdict } from './delivery.js';
export { NOTICE_EMAILS } from './notice-store.js';
export { TargetChecks } from './target-checks.js';
export { readNotices, type NoticesConfig } from './notices-config.js';
export { NoticeTargetsBody } from './notices.dto.js';
export { NoticeEmailMissing, NoticeSecretMissing, NoticeUrlForbidden } from './notices.errors.js';
export { LetterLanguage, Mailboxes } from './notices.fields.js';
export { NoticesModule } from './notices.module.js';
export { Receivers } from './receivers.js';
export { pauseMs } from './retry.rules.js';
export { SignedPosts } from './signed-posts.js';
export { SigningSecrets, type NewSecret, type SecretState } from './signing-secrets.js';
export { Notices, type NewNotice, type NoticeTargets } from './notices.js';

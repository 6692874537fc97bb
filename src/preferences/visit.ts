/** What is kept of a visit to a page as evidence. */
import type { Visit } from '../consent/index.js';

const USER_AGENT_LENGTH = 300;

export const visitOf = (userAgent: string | undefined): Visit => ({
  userAgent: userAgent?.slice(0, USER_AGENT_LENGTH),
});

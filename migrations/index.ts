/** One linear history; a released migration is never edited. */
import { Kernel0001 } from './0001-kernel.js';
import { Tenants0002 } from './0002-tenants.js';
import { Consent0003 } from './0003-consent.js';
import { Templates0004 } from './0004-templates.js';
import { Dispatch0005 } from './0005-dispatch.js';
import { Webhooks0006 } from './0006-webhooks.js';
import { Usage0007 } from './0007-usage.js';
import { Audiences0008 } from './0008-audiences.js';
import { Campaigns0009 } from './0009-campaigns.js';
import { Audit0010 } from './0010-audit.js';
import { OpenCalls0011 } from './0011-open-calls.js';
import { OpenCallsOfBegunMessages0012 } from './0012-open-calls-of-begun-messages.js';
import { FirstAttempts0013 } from './0013-first-attempts.js';
import { EventCursors0014 } from './0014-event-cursors.js';
import { NumberSpellings0015 } from './0015-number-spellings.js';
import { UnderstoodColumns0016 } from './0016-understood-columns.js';
import { DefaultSenders0017 } from './0017-default-senders.js';
import { Operators0018 } from './0018-operators.js';
import { ProviderIds0019 } from './0019-provider-ids.js';
import { WhatWasSent0020 } from './0020-what-was-sent.js';
import { WhatsAppUsers0021 } from './0021-whatsapp-users.js';
import { ProviderChoice0022 } from './0022-provider-choice.js';

export const migrations = [
  { name: '0001-kernel', class: Kernel0001 },
  { name: '0002-tenants', class: Tenants0002 },
  { name: '0003-consent', class: Consent0003 },
  { name: '0004-templates', class: Templates0004 },
  { name: '0005-dispatch', class: Dispatch0005 },
  { name: '0006-webhooks', class: Webhooks0006 },
  { name: '0007-usage', class: Usage0007 },
  { name: '0008-audiences', class: Audiences0008 },
  { name: '0009-campaigns', class: Campaigns0009 },
  { name: '0010-audit', class: Audit0010 },
  { name: '0011-open-calls', class: OpenCalls0011 },
  { name: '0012-open-calls-of-begun-messages', class: OpenCallsOfBegunMessages0012 },
  { name: '0013-first-attempts', class: FirstAttempts0013 },
  { name: '0014-event-cursors', class: EventCursors0014 },
  { name: '0015-number-spellings', class: NumberSpellings0015 },
  { name: '0016-understood-columns', class: UnderstoodColumns0016 },
  { name: '0017-default-senders', class: DefaultSenders0017 },
  { name: '0018-operators', class: Operators0018 },
  { name: '0019-provider-ids', class: ProviderIds0019 },
  { name: '0020-what-was-sent', class: WhatWasSent0020 },
  { name: '0021-whatsapp-users', class: WhatsAppUsers0021 },
  { name: '0022-provider-choice', class: ProviderChoice0022 },
];

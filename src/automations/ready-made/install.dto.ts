/** Request and response shapes of the route that installs ready-made automations. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, OneOf, Text, TextList } from '../../kernel/index.js';
import { VenueRef } from '../../tenants/index.js';
import { READY_KEYS } from './set.js';
import { LANGUAGES, type Language } from './texts.js';

export class InstallBody {
  @TextList({
    required: false,
    min: 1,
    max: READY_KEYS.length,
    of: READY_KEYS,
    description: 'Which; all when absent',
    example: ['order-confirmation', 'event-reminders'],
  })
  keys?: string[];

  @TextList({
    required: false,
    min: 1,
    max: LANGUAGES.length,
    of: LANGUAGES,
    description: 'The first is for everybody whose language is not among them; English, then German, when absent',
    example: ['en', 'de'],
  })
  languages?: Language[];

  @VenueRef({ required: false, description: 'Only for events of this venue; of all venues when absent' })
  venueId?: string;

  @Flag({ required: false, default: true, description: 'Whether events start them at once' })
  enabled?: boolean;
}

export class InstalledAutomation {
  @Text({ max: 100, example: 'order-confirmation' }) key: string;
  @OneOf(['installed', 'present'], { description: '`present`: the tenant had one with this key, which stays as it is' })
  status: 'installed' | 'present';
}

export class InstalledView {
  @ApiProperty({ type: [InstalledAutomation] }) automations: InstalledAutomation[];
  @ApiProperty({ type: [String], description: 'Templates that were created', example: ['order-confirmation-sms'] })
  templates: string[];
}

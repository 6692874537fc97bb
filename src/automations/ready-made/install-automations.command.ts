/** Installs ready-made automations with their templates; what is there already stays as it is. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CreateTemplate, TemplateLibrary, TemplateNotFound } from '../../templates/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { Automations } from '../rules/automations.js';
import type { InstallBody, InstalledView } from './install.dto.js';
import { READY_MADE, type ReadyMade } from './set.js';
import { htmlOf, LANGUAGES, TEXTS, type Language, type ReadyText, type TextName } from './texts.js';

export class InstallAutomations extends Command<InstalledView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly body: InstallBody,
  ) {
    super();
  }
}

type TemplateInput = CreateTemplate['input'];

@CommandHandler(InstallAutomations)
export class InstallAutomationsHandler implements ICommandHandler<InstallAutomations> {
  constructor(
    private readonly commands: CommandBus,
    private readonly templates: TemplateLibrary,
    private readonly senders: SenderDirectory,
    private readonly automations: Automations,
  ) {}

  /** All of them, or none: must run in a transaction. Raises VenueNotFound. */
  async execute({ tenantId, actor, body }: InstallAutomations): Promise<InstalledView> {
    const { keys, languages = LANGUAGES, enabled = true } = body;
    const venueId = body.venueId === undefined ? null : await this.senders.venueOf(tenantId, body.venueId);
    const chosen = READY_MADE.filter(({ key }) => keys?.includes(key) ?? true);
    const present = await this.automations.keysOf(tenantId);
    const missing = chosen.filter(({ key }) => !present.has(key));
    const templates = await this.installTemplates(tenantId, actor, templatesOf(missing, languages));
    for (const { key, name, definition } of missing) {
      await this.automations.insert({ tenantId, venueId, key, name, enabled, definition, createdBy: actor });
    }
    return {
      automations: chosen.map(({ key }) => ({ key, status: present.has(key) ? 'present' : 'installed' })),
      templates,
    };
  }

  /** The keys of those that were not there. */
  private async installTemplates(tenantId: string, actor: string, inputs: readonly TemplateInput[]): Promise<string[]> {
    const created: string[] = [];
    for (const input of inputs) {
      if (await this.hasTemplate(tenantId, input.key)) continue;
      await this.commands.execute(new CreateTemplate(tenantId, actor, input));
      created.push(input.key);
    }
    return created;
  }

  private async hasTemplate(tenantId: string, key: string): Promise<boolean> {
    try {
      await this.templates.current(tenantId, key);
      return true;
    } catch (error) {
      if (error instanceof TemplateNotFound) return false;
      throw error;
    }
  }
}

function templatesOf(chosen: readonly ReadyMade[], languages: readonly Language[]): TemplateInput[] {
  const names = new Set(chosen.flatMap(({ texts }) => texts));
  return [...names].flatMap((name) => languages.flatMap((language, place) => inputsOf(name, language, place === 0)));
}

/** The first language has the bare key. */
function inputsOf(name: TextName, language: Language, isFirst: boolean): TemplateInput[] {
  const { category, sms, email }: ReadyText = TEXTS[name];
  const suffix = isFirst ? '' : `.${language}`;
  return [
    ...(sms ? [{ key: `${name}-sms${suffix}`, channel: 'sms' as const, category, body: sms[language] }] : []),
    ...(email
      ? [
          {
            key: `${name}-email${suffix}`,
            channel: 'email' as const,
            category,
            subject: email[language].subject,
            text: email[language].text,
            html: htmlOf(email[language].text),
          },
        ]
      : []),
  ];
}

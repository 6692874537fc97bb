/** Checks a definition before it is stored: what would fail in a month is found today. */
import { Injectable } from '@nestjs/common';
import { lookingUp, type FieldError } from '../../kernel/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import type { Channel } from '../../tenants/index.js';
import { InvalidAutomation } from './automations.errors.js';
import type { DefinitionBody } from './definition.dto.js';
import { compileDefinition, type SendInstruction } from './program.js';
import { vainReports } from './vain-reports.js';

/** What a send goes by, and what is wrong with it. */
interface Checked {
  readonly channels: readonly Channel[];
  readonly faults: readonly FieldError[];
}

@Injectable()
export class DefinitionCheck {
  constructor(private readonly templates: TemplateLibrary) {}

  /** Raises InvalidAutomation, which names every fault, and TemplateNotFound. */
  async require(tenantId: string, definition: DefinitionBody): Promise<void> {
    const { instructions } = compileDefinition(definition);
    const sends = instructions.flatMap((instruction) => (instruction.op === 'send' ? [instruction] : []));
    const checked = new Map(
      await Promise.all(sends.map(async (send) => [send, await this.checked(tenantId, send)] as const)),
    );
    const faults = [...checked.values()].flatMap((each) => each.faults);
    faults.push(...vainReports(instructions, (send) => checked.get(send)?.channels ?? []));
    if (faults.length > 0) throw new InvalidAutomation(faults);
  }

  private async checked(tenantId: string, { send, path }: SendInstruction): Promise<Checked> {
    const channels = new Set<Channel>();
    const faults: FieldError[] = [];
    for (const [place, key] of send.templates.entries()) {
      const own = `definition.${path}.templates[${place}]`;
      const { channel } = await lookingUp(own, this.templates.current(tenantId, key));
      if (channels.has(channel))
        faults.push({ path: own, message: `is a second template for ${channel}: one for each channel` });
      channels.add(channel);
    }
    return { channels: [...channels], faults };
  }
}

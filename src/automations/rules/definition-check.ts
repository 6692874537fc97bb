/** Checks a definition before it is stored: what would fail in a month is found today. */
import { Injectable } from '@nestjs/common';
import { lookingUp, type FieldError } from '../../kernel/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import { InvalidAutomation } from './automations.errors.js';
import type { DefinitionBody } from './definition.dto.js';
import { compileDefinition } from './program.js';

@Injectable()
export class DefinitionCheck {
  constructor(private readonly templates: TemplateLibrary) {}

  /** Raises InvalidAutomation, which names every fault, and TemplateNotFound. */
  async require(tenantId: string, definition: DefinitionBody): Promise<void> {
    const { instructions } = compileDefinition(definition);
    const sends = instructions.flatMap((instruction) => (instruction.op === 'send' ? [instruction] : []));
    const faults = await Promise.all(sends.map(({ send, path }) => this.faultsOf(tenantId, send.templates, path)));
    if (faults.flat().length > 0) throw new InvalidAutomation(faults.flat());
  }

  private async faultsOf(tenantId: string, keys: readonly string[], path: string): Promise<FieldError[]> {
    const channels = new Set<string>();
    const faults: FieldError[] = [];
    for (const [place, key] of keys.entries()) {
      const own = `definition.${path}.templates[${place}]`;
      const { channel } = await lookingUp(own, this.templates.current(tenantId, key));
      if (channels.has(channel))
        faults.push({ path: own, message: `is a second template for ${channel}: one for each channel` });
      channels.add(channel);
    }
    return faults;
  }
}

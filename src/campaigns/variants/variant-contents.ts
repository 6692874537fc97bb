/** What the contacts of a chunk are written, as SQL: one template, or each the variant that they fall on. */
import { Injectable } from '@nestjs/common';
import { stepsOfTemplate } from '../../dispatch/index.js';
import type { StoredStep } from '../../ledger/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import { addressKindOf, type Channel } from '../../tenants/index.js';
import { neededBy } from '../needed-variables.js';
import { CampaignVariants, type Launched, type LaunchedVariant, type VariantStage } from './campaign-variants.js';
import { isTested, partsOf, shareOf, type Part } from './variant-bucket.js';

/** Expressions and relations for a chunk's statement, and its parameters $3 and $6. */
export interface ContentSql {
  /** Beside `asked` and `contact`. */
  readonly beside: string;
  /** To be carried on, each with a comma before it. */
  readonly columns: string;
  readonly needed: string;
  readonly versionId: string;
  readonly segments: string;
  readonly steps: string;
}

export interface ChunkContent {
  readonly sql: ContentSql;
  /** Of $3. */
  readonly texts: string;
  /** Of $6: the fallback of one template. */
  readonly steps: string | null;
}

interface Written {
  readonly tenant_id: string;
  readonly channel: Channel;
  readonly template_version_id: string;
  readonly variant_stage: VariantStage | null;
}

const ONE: ContentSql = {
  beside: '',
  columns: '',
  needed: '$3',
  versionId: 'template_version_id',
  segments: 'segments',
  steps: '$6::jsonb',
};

const ONE_OF_SEVERAL = (condition: string): ContentSql => ({
  beside: `, (
      select variant.*, needed::jsonpath as asked_variables from jsonb_to_recordset($3::jsonb) as variant
        ("versionId" uuid, "ownSegments" smallint, needed text, steps jsonb, since int, until int)) as variant
    where ${condition}`,
  columns: ', "versionId", "ownSegments", asked_variables, steps',
  needed: 'asked_variables',
  versionId: '"versionId"',
  segments: '"ownSegments"',
  steps: 'coalesce(steps, $6::jsonb)',
});

@Injectable()
export class VariantContents {
  constructor(
    private readonly templates: TemplateLibrary,
    private readonly variants: CampaignVariants,
  ) {}

  async of(campaignId: string, chunk: Written): Promise<ChunkContent> {
    if (chunk.variant_stage === null) {
      const { needed, steps } = await this.textOf(chunk, chunk.template_version_id);
      return { sql: ONE, texts: needed, steps: steps && JSON.stringify(steps) };
    }
    const launched = await this.variants.launched(campaignId);
    const parts = partsOf(launched.variants.map(({ share }) => share));
    const written = writtenIn(chunk.variant_stage, launched, parts);
    const texts = await Promise.all(
      written.map(async ({ variant, part: { since, until } }) => ({
        ...(await this.textOf(chunk, variant.templateVersionId)),
        versionId: variant.templateVersionId,
        ownSegments: variant.segments,
        since,
        until,
      })),
    );
    const share = shareOf('asked.id', 'contact.address', String(parts.at(-1)?.until ?? 1));
    const conditions = [`${share} >= since and ${share} < until`, groupOf(chunk.variant_stage, launched)];
    const sql = ONE_OF_SEVERAL(conditions.filter((condition) => condition !== '').join(' and '));
    return { sql, texts: JSON.stringify(texts), steps: null };
  }

  private async textOf({ tenant_id: tenantId, channel }: Written, versionId: string): Promise<Text> {
    const template = await this.templates.version(versionId);
    const steps = await stepsOfTemplate(this.templates, tenantId, template, [addressKindOf(channel)]);
    return { needed: neededBy(template.compiled), steps };
  }
}

/** Of one template. */
interface Text {
  readonly needed: string;
  readonly steps: readonly StoredStep[] | null;
}

interface WrittenVariant {
  readonly variant: LaunchedVariant;
  readonly part: Pick<Part, 'since' | 'until'>;
}

/** The rest are all written the winner. */
function writtenIn(stage: VariantStage, { variants, winner }: Launched, parts: readonly Part[]): WrittenVariant[] {
  const total = parts.at(-1)?.until ?? 1;
  return variants.flatMap((variant, index) => {
    if (stage === 'rest') return variant.place === winner ? [{ variant, part: { since: 0, until: total } }] : [];
    const part = parts[index];
    return part ? [{ variant, part }] : [];
  });
}

function groupOf(stage: VariantStage, { sharePercent }: Launched): string {
  if (stage === 'whole' || sharePercent === null) return '';
  const tested = isTested('asked.id', 'contact.address', String(sharePercent));
  return stage === 'test' ? tested : `not (${tested})`;
}

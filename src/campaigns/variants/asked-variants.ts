/** The variants that a request names. */
import { BadSchedule } from '../../dispatch/index.js';
import { InvalidRequest } from '../../kernel/index.js';
import { VariantNotInCampaign } from '../campaigns.errors.js';
import type { TestPlan, VariantsPlan } from './campaign-variants.js';
import type { CampaignTestBody, CampaignVariantBody } from './variants.dto.js';

interface Asked {
  readonly variants?: readonly CampaignVariantBody[] | null | undefined;
  readonly test?: CampaignTestBody | null | undefined;
  readonly templateKey?: string | undefined;
  readonly channels?: readonly object[] | undefined;
}

/** Of each variant, unless it is said. */
const MINIMUM = 100;

/** What a campaign has after a request that names these. Raises InvalidRequest for what does not go together. */
export function variantsOf(asked: Asked, before: VariantsPlan = { variants: [], test: null }): VariantsPlan {
  const variants =
    asked.variants === undefined
      ? before.variants
      : (asked.variants ?? []).map(({ templateKey, share = 1 }) => ({ templateKey, share }));
  const test = testOf(asked, before.test);
  if (variants.length === 0) {
    if (asked.test) throw fault('test', 'a test needs `variants`');
    return { variants, test: null };
  }
  if (asked.templateKey !== undefined)
    throw fault('templateKey', '`variants` stand in the place of `templateKey`: send one or the other');
  if (asked.channels) throw fault('variants', 'a campaign over several channels has no variants: choose one channel');
  const keys = variants.map(({ templateKey }) => templateKey);
  const second = keys.findIndex((key, place) => keys.indexOf(key) < place);
  if (second >= 0) throw fault(`variants[${second}].templateKey`, 'each variant needs a template of its own');
  return { variants, test };
}

function testOf({ test }: Asked, before: TestPlan | null): TestPlan | null {
  if (test === undefined) return before;
  if (test === null) return null;
  const { sharePercent, durationMinutes, metric = 'clicks', minimum = MINIMUM } = test;
  return { sharePercent, durationMinutes, metric, minimum };
}

/** What a campaign may send: on each of its channels, or on its one channel each variant. */
export function textsOf<Plan extends { readonly templateKey: string }>(
  channels: readonly Plan[],
  variants: readonly { readonly templateKey: string }[],
): readonly Plan[] {
  const [channel] = channels;
  return channel && variants.length > 0 ? variants.map(({ templateKey }) => ({ ...channel, templateKey })) : channels;
}

/** The one with this template, or all of them where none is named. Raises VariantNotInCampaign. */
export function variantsNamed<Of extends { readonly templateKey: string }>(
  variants: readonly Of[],
  named: string | undefined,
): readonly Of[] {
  if (named === undefined) return variants;
  const found = variants.filter(({ templateKey }) => templateKey === named);
  if (found.length === 0) throw new VariantNotInCampaign(variants.map(({ templateKey }) => templateKey));
  return found;
}

/** The first variant stands in the campaign's own row. */
export function firstVariant({ variants: [first] }: VariantsPlan): { readonly templateKey?: string } {
  return first ? { templateKey: first.templateKey } : {};
}

/** Of a campaign that has several channels. */
export const severalOf = (channels: readonly object[]): Pick<Asked, 'channels'> =>
  channels.length > 1 ? { channels } : {};

/** Raises BadSchedule for a test whose group would not be sent to at once. */
export function requireOneHour({ test }: Pick<VariantsPlan, 'test'>, localTime: string | null | undefined): void {
  if (test && (localTime ?? null) !== null)
    throw new BadSchedule('A test goes to all of its group at once: schedule it with inZone `tenant`', 'inZone');
}

const fault = (path: string, message: string): InvalidRequest => new InvalidRequest([{ path, message }]);

/** Errors of requests that are another region's. */
import { DomainError } from '../errors.js';
import { REGION_HEADER, type RegionsConfig } from './regions-config.js';

/** Nothing is done: what belongs to one region is neither kept nor looked for in another. */
export class WrongRegion extends DomainError {
  readonly code = 'wrong_region';
  readonly kind = 'misdirected';

  constructor(message = 'This belongs to another region, and nothing was done: send it to the address of that region') {
    super(message);
  }

  /** It is known where it belongs. */
  static elsewhere(region: string, url: string): WrongRegion {
    return new WrongRegion(`This belongs to the region ${region}, and nothing was done: send it to ${url}`);
  }

  /** `known` are all that this deployment knows, its own too. */
  static unknown(known: readonly string[]): WrongRegion {
    return new WrongRegion(
      known.length > 0
        ? `No region of that name is known here, and nothing was done: name one of ${known.join(', ')}`
        : 'This deployment is of no region, and nothing was done: leave the region out, or ask the deployment of that region',
    );
  }

  static contradictory(): WrongRegion {
    return new WrongRegion(
      `The key is of another region than ${REGION_HEADER} names, and nothing was done: leave the header out`,
    ).at(REGION_HEADER);
  }

  /** Sessions do not leave the region where they began. */
  static ofSession(): WrongRegion {
    return new WrongRegion(
      `Only the admin key acts in another region, and nothing was done: sign in at the address of that region, and leave ${REGION_HEADER} out`,
    ).at(REGION_HEADER);
  }
}

/** For what names a region and is done here. Raises WrongRegion for another than this deployment's. */
export function requireOwnRegion({ region: own }: Pick<RegionsConfig, 'region'>, region: string | undefined): void {
  if (region !== undefined && region !== own) throw WrongRegion.unknown(own === undefined ? [] : [own]).at('region');
}

export class RegionUnavailable extends DomainError {
  readonly code = 'region_unavailable';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 10;

  constructor(region = 'that this belongs to') {
    super(
      `The region ${region} does not answer now: send the same request again in a while, with the same Idempotency-Key if it has one. Other regions are not concerned`,
    );
  }
}

/** The deployments disagree about who is which region: for operators. */
export class RegionLoop extends DomainError {
  readonly code = 'region_loop';
  readonly kind = 'loop';

  constructor() {
    super(
      'Another region passed this on, and it belongs to a third: nothing was done. The operator has to compare CALLBOARD_REGION and CALLBOARD_REGIONS of the deployments',
    );
  }
}

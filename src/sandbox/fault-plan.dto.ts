/** The sandbox's faults, and their rates. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Reads, readNestedList } from '../kernel/index.js';
import type { ProviderName } from '../providers/index.js';
import { AddUpToOneAtMost, EveryNth, Nested, NotBelow, Optional, Share } from './fault-plan.rules.js';
import { SANDBOX_PROVIDERS } from './sandbox.options.js';

const MAX_DELAY_MS = 60_000;

/** A delay drawn evenly from a range, in ms. */
export class DelayRange {
  @ApiProperty({ example: 20, maximum: MAX_DELAY_MS })
  @Max(MAX_DELAY_MS)
  @Min(0)
  @IsInt()
  min: number;

  @ApiProperty({ example: 200, maximum: MAX_DELAY_MS })
  @NotBelow('min')
  @Max(MAX_DELAY_MS)
  @Min(0)
  @IsInt()
  max: number;
}

/** How often a send fails in each way. */
export class FaultRates {
  @Share('Answered 429') tooMany?: number;
  @Share('Answered 500') serverError?: number;
  @Share('Answered 502 with an HTML page') badGateway?: number;
  @Share('Connection reset, nothing accepted') resetBefore?: number;
  @Share('Accepted, then the connection is reset: the answer is lost, the callbacks come') resetAfter?: number;
  @Share('Accepted, never answered: the connection is reset after 60 s') hangAfter?: number;
}
export type CallFault = keyof FaultRates;

/** Which sends fail in each way, counted per provider from the moment the plan is set: every n-th. */
export class FaultTurns {
  @EveryNth() tooMany?: number;
  @EveryNth() serverError?: number;
  @EveryNth() badGateway?: number;
  @EveryNth() resetBefore?: number;
  @EveryNth() resetAfter?: number;
  @EveryNth() hangAfter?: number;
}

/** Faults of send calls (one message, or one bulk call of an email provider). */
export class CallFaults {
  @ApiProperty({ enum: [...SANDBOX_PROVIDERS, '*'], description: '`*`: every provider that has no entry of its own' })
  @IsIn([...SANDBOX_PROVIDERS, '*'], { message: `provider must be one of ${SANDBOX_PROVIDERS.join(', ')} or *` })
  provider: ProviderName | '*';

  @ApiPropertyOptional({ description: 'Time before a call is looked at', type: DelayRange })
  @Nested(DelayRange)
  latencyMs?: DelayRange;

  @ApiPropertyOptional({ description: 'Shares of all sends; together 1 at most', type: FaultRates })
  @AddUpToOneAtMost()
  @Nested(FaultRates)
  rates?: FaultRates;

  @ApiPropertyOptional({ description: 'Every n-th send; looked at before `rates`', type: FaultTurns })
  @Nested(FaultTurns)
  nth?: FaultTurns;
}

/** Final statuses of accepted messages to other than magic recipients. The rest is delivered. */
export class FaultOutcomes {
  @Share('Twilio: sent, then undelivered with 30003') undelivered?: number;
  @Share('Twilio: failed with 30008') failed?: number;
  @Share('Email: sent, then a permanent bounce') bounce?: number;
  @Share('Email: delivered, then a complaint') complaint?: number;
}

/** Faults of status callbacks and events. */
export class CallbackFaults {
  @Share('Never posted') drop?: number;
  @Share('Posted `copies` times') duplicate?: number;

  @ApiPropertyOptional({ description: 'Posts of a duplicated callback in all', minimum: 2, maximum: 50, default: 2 })
  @Optional()
  @Max(50)
  @Min(2)
  @IsInt()
  copies?: number;

  @ApiPropertyOptional({ description: "Posts the callbacks of a message's life in random order", default: false })
  @Optional()
  @IsBoolean()
  shuffle?: boolean;

  @ApiPropertyOptional({ description: 'Time between two happenings of a message, instead of 50 ms', type: DelayRange })
  @Nested(DelayRange)
  delayMs?: DelayRange;

  @Share('Posted with a signature that is not right') badSignature?: number;

  @ApiPropertyOptional({ description: 'SNS signature: 1 is SHA1, 2 is SHA256', enum: ['1', '2'], default: '2' })
  @Optional()
  @IsIn(['1', '2'], { message: 'snsSignatureVersion must be "1" or "2"' })
  snsSignatureVersion?: '1' | '2';
}

/** A whole plan: setting one replaces the previous, an empty one stops all faults. */
export class FaultPlan {
  @ApiPropertyOptional({ description: 'Makes the draws the same in every run, call by call', example: 7 })
  @Optional()
  @IsInt()
  seed?: number;

  @ApiPropertyOptional({ type: [CallFaults], description: 'One entry per provider' })
  @Optional()
  @ArrayUnique((entry: CallFaults) => entry?.provider, { message: 'calls must hold one entry per provider' })
  @ValidateNested({ each: true })
  @IsObject({ each: true, message: 'each of calls must be an object' })
  @ArrayMaxSize(SANDBOX_PROVIDERS.length + 1)
  @IsArray({ message: 'calls must be a list' })
  @Reads(readNestedList(() => CallFaults))
  calls?: CallFaults[];

  @ApiPropertyOptional({ type: FaultOutcomes })
  @Nested(FaultOutcomes)
  outcomes?: FaultOutcomes;

  @ApiPropertyOptional({ type: CallbackFaults })
  @Nested(CallbackFaults)
  callbacks?: CallbackFaults;
}

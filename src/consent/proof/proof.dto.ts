/** Request and response shapes of proofs of consent. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, OneOf, Text } from '../../kernel/index.js';
import { CHANNELS, type Channel } from '../../tenants/index.js';
import { CHANNEL, ConsentEventView, ConsentView } from '../consent.dto.js';
import { PastInstant } from '../consent.fields.js';

const PEM =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n';

export class ConsentProofQuery {
  @OneOf(CHANNELS, CHANNEL)
  channel?: Channel;

  @PastInstant({ required: false, description: 'The instant, by when things were decided; now where absent' })
  at?: Date;
}

export class SigningKeyView {
  @ApiProperty({ example: '6f1ed002ab559585', description: 'The beginning of the SHA-256 of the public key' })
  keyId: string;
  @ApiProperty({ example: PEM, description: 'Ed25519: SPKI in PEM' }) publicKey: string;
}

class SignatureView extends SigningKeyView {
  @ApiProperty({ enum: ['Ed25519'] }) algorithm: 'Ed25519';
  @ApiProperty({ example: 'kR0…==', description: 'Of the canonical JSON (RFC 8785) of all other fields, in base64' })
  value: string;
}

export class ConsentProofView {
  @ApiProperty({ enum: ['callboard.consent-proof.v1'] }) type: 'callboard.consent-proof.v1';
  @Id({ description: 'Under which the audit log has who asked for it' }) id: string;
  @Id() tenantId: string;
  @Id() venueId: string;
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @Text({ max: 320, example: '+4915112345678', description: 'Normalised' }) address: string;
  @Instant({ description: 'The instant that it is about, by when things were decided' }) at: string;
  @Instant() issuedAt: string;
  @Text({ max: 100, example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' }) issuedBy: string;
  @ApiProperty({ type: ConsentView, description: 'What held then' }) state: ConsentView;
  @ApiProperty({
    type: ConsentEventView,
    nullable: true,
    description: 'The decision in force, with its evidence; null without one',
  })
  decision: ConsentEventView | null;
  @ApiProperty({ type: [ConsentEventView], description: 'All decisions until then, newest first' })
  history: ConsentEventView[];
  @ApiProperty({ type: 'integer', example: 0, description: 'How many older ones are left out, beyond 1,000' })
  omitted: number;
  @ApiProperty({
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    description: 'SHA-256 of the canonical JSON of all but this and the signature',
  })
  contentHash: string;
  @ApiProperty({ type: SignatureView }) signature: SignatureView;
}

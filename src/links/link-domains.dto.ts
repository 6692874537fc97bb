/** Request and response shapes of link domains. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Text } from '../kernel/index.js';
import { DOMAIN_PROBLEMS, type DomainProblem } from './link-domain-check.js';

export class AddLinkDomainBody {
  @Text({
    max: 253,
    pattern: /^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/,
    meaning: 'a host name in lower case, without a port',
    example: 'links.example.com',
  })
  host: string;
}

class LinkDomainRecord {
  @ApiProperty({ enum: ['TXT', 'CNAME'] }) type: 'TXT' | 'CNAME';
  @ApiProperty({ example: '_callboard.links.example.com' }) name: string;
  @ApiProperty({ example: 'callboard=1b671a64d5c74f1e8f3a9d1c2b3a4f5e' }) value: string;
}

export class LinkDomainView {
  @Id() id: string;
  @ApiProperty({ example: 'links.example.com' }) host: string;
  @ApiProperty({ type: [LinkDomainRecord], description: 'What its DNS is to say: whose it is, and where it leads' })
  records: LinkDomainRecord[];
  @Instant({ nullable: true, description: 'Since when links are at it; null until it is verified' })
  verifiedAt: string | null;
  @Instant() createdAt: string;
}

export class VerifiedLinkDomainView extends LinkDomainView {
  @ApiProperty({
    enum: DOMAIN_PROBLEMS,
    type: String,
    nullable: true,
    description:
      'Why it is not used now: its TXT record is not seen, or another one; it does not answer over HTTP, as by a wrong certificate; something else than we answers; or it is another tenant’s',
  })
  problem: DomainProblem | null;
}

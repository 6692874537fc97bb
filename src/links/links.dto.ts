/** Request and response shapes of counted links. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, PageQuery, Text } from '../kernel/index.js';

export class FollowedLinksQuery extends PageQuery {
  @Id({ required: false, description: 'Links in messages of this campaign' }) campaignId?: string;
  @Text({ required: false, max: 100, example: 'order-confirmation', description: 'The same of a template' })
  templateKey?: string;
  @Id({ required: false, description: 'The same of one message' }) messageId?: string;
}

export class FollowedLinkView {
  @ApiProperty({ example: 'https://tickets.example.com/spring', description: 'Where it leads' }) url: string;
  @ApiProperty({ example: 96, description: 'Messages in which a person followed it' }) clicked: number;
  @ApiProperty({ example: 31, description: 'Messages in which a machine did' }) machineClicked: number;
  @Instant({ description: 'When it was first followed, by whomever' }) firstAt: string;
  @Instant({ description: 'The last time that it was followed for the first time in a message' }) lastAt: string;
}

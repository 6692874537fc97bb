/** Amazon SNS routes: the signing certificate and the confirmation of a subscription. */
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../kernel/index.js';
import { SesSandbox } from './ses-sandbox.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/sns')
export class SnsSandboxController {
  constructor(private readonly ses: SesSandbox) {}

  @Get('*')
  get(@Param('*') name: string, @Query() query: Record<string, string>, @Res() reply: FastifyReply): void {
    if (name === '') return this.act(query, reply);
    const { certificate } = this.ses.topics;
    if (name !== certificate.name) return void reply.status(404).send();
    void reply.type('binary/octet-stream').send(certificate.certificatePem);
  }

  private act(query: Record<string, string>, reply: FastifyReply): void {
    const { Action: action, TopicArn: topicArn, Token: token } = query;
    const arn = action === 'ConfirmSubscription' ? this.ses.topics.confirm(topicArn, token) : undefined;
    const answer = arn
      ? `<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ConfirmSubscriptionResult><SubscriptionArn>${arn}</SubscriptionArn></ConfirmSubscriptionResult>${metadata()}</ConfirmSubscriptionResponse>`
      : `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid parameter: Token</Message></Error>${metadata()}</ErrorResponse>`;
    void reply
      .status(arn ? 200 : 400)
      .type('text/xml')
      .send(answer);
  }
}

const metadata = (): string => `<ResponseMetadata><RequestId>${crypto.randomUUID()}</RequestId></ResponseMetadata>`;

/** The sandbox's addresses in a live deployment: requests with a test key are answered by the test deployment before they come here. */
import { All, Controller, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ModeMismatch } from '../../kernel/index.js';

@ApiExcludeController()
@Controller('sandbox')
class TestSandboxController {
  /** Raises ModeMismatch: nothing that is live goes through the sandbox. */
  @All(['messages', 'messages/:providerMessageId', 'inbound', 'callbacks', 'faults'])
  refuse(): never {
    throw new ModeMismatch('The sandbox is for test keys (`cb_test_…`): what is live goes through real providers');
  }
}

@Module({ controllers: [TestSandboxController] })
export class TestSandboxModule {}

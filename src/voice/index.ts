/** The public API of voice: calls that go from one person to the next until somebody acknowledges. */
export { AcknowledgeByReply } from './steer-calls.command.js';
export { VoiceModule } from './voice.module.js';

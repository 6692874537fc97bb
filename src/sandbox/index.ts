/** The door of the sandbox. */
export { Sandbox } from './sandbox.js';
export { SandboxModule } from './sandbox.module.js';
export type { SandboxOptions } from './sandbox.options.js';

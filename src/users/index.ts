/** The public API of users: people who use the console, and their sessions. */
export { EntitledUsers, type EntitledUser } from './entitled-users.js';
export { readUsers, type UsersConfig } from './users-config.js';
export { UserNames } from './user-names.js';
export { UsersModule } from './users.module.js';

import { Global, Module } from '@nestjs/common';
import { SessionAuthenticator } from '../kernel/index.js';
import {
  EndSessionsOfUserHandler,
  InviteUserHandler,
  OwnUsers,
  RemoveUserHandler,
  UpdateUserHandler,
} from './change-users.command.js';
import { EndSessionHandler, EndSessionsAtProviderHandler } from './end-session.command.js';
import { EntitledUsers } from './entitled-users.js';
import { LogoutTokens } from './logout-tokens.js';
import { OpenId } from './open-id.js';
import { GetCurrentSessionHandler, ListSessionsHandler } from './read-sessions.query.js';
import { GetUserHandler, ListUsersHandler } from './read-users.query.js';
import { SessionChanges } from './session-changes.js';
import { SessionStart } from './session-start.js';
import { SessionStore } from './session-store.js';
import { SessionsController } from './sessions.controller.js';
import { Sessions } from './sessions.js';
import { SignInAttempts } from './sign-in-attempt.js';
import { SignInAtProviderHandler, SignInWithKeyHandler } from './sign-in.command.js';
import { SignInController } from './sign-in.controller.js';
import { UserMatching } from './user-matching.js';
import { UserNames } from './user-names.js';
import { UserStore } from './user-store.js';
import { UsersController } from './users.controller.js';
import { UsersSchedule } from './users.schedule.js';

@Global()
@Module({
  controllers: [SignInController, SessionsController, UsersController],
  providers: [
    EndSessionHandler,
    EndSessionsAtProviderHandler,
    EndSessionsOfUserHandler,
    EntitledUsers,
    GetCurrentSessionHandler,
    GetUserHandler,
    InviteUserHandler,
    ListSessionsHandler,
    LogoutTokens,
    ListUsersHandler,
    OpenId,
    OwnUsers,
    RemoveUserHandler,
    SessionChanges,
    SessionStart,
    SessionStore,
    Sessions,
    { provide: SessionAuthenticator, useExisting: Sessions },
    SignInAtProviderHandler,
    SignInAttempts,
    SignInWithKeyHandler,
    UpdateUserHandler,
    UserMatching,
    UserNames,
    UserStore,
    UsersSchedule,
  ],
  exports: [EntitledUsers, SessionAuthenticator, UserNames],
})
export class UsersModule {}

#!/usr/bin/env bash
# @nestjs/cqrs 12.0.0: when an event handler throws, the EventBus logs the error's message and stack as they are, whatever they hold, and
# names the class that failed "InstanceWrapper", for every handler the same: the name is taken from Nest's wrapper, not from the handler.
# Who must not log what errors quote, or wants to know which handler fails, catches inside each handler.
#
# Seen: [EventBus] "InstanceWrapper" has thrown an unhandled exception.
#       [EventBus] Error: no receipt for guest@example.com
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error @nestjs/cqrs@12.0.0 @nestjs/core@12.5.1 @nestjs/common@12.5.1 reflect-metadata@0.2.2 rxjs@7.8.2 > /dev/null
cat > main.mjs << 'JS'
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CqrsModule, EventBus, EventsHandler } from '@nestjs/cqrs';

class Paid {}
class SendReceipt {
  async handle() {
    throw new Error('no receipt for guest@example.com');
  }
}
EventsHandler(Paid)(SendReceipt);
class App {}
Module({ imports: [CqrsModule.forRoot()], providers: [SendReceipt] })(App);

const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
await app.init();
app.get(EventBus).publish(new Paid());
await new Promise((resolve) => setTimeout(resolve, 500));
await app.close();
JS
seen=$(node main.mjs 2>&1 | sed 's/\x1b\[[0-9;]*m//g')
echo "$seen" | grep EventBus
grep -q '"InstanceWrapper" has thrown' <<< "$seen" && grep -q 'Error: no receipt for guest@example.com' <<< "$seen" \
  || { echo 'The behaviour has changed.'; exit 1; }

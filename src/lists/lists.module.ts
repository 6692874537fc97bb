import { Module } from '@nestjs/common';
import { OpenLists } from './open-lists.js';

@Module({ providers: [OpenLists], exports: [OpenLists] })
export class ListsModule {}

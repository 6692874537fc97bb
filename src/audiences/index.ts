/** The public API of audiences: groups of people, and their contacts' attributes. */
export { AudienceNotFound, ContactNotFound } from './audience.errors.js';
export { AudienceStore } from './audience-store.js';
export { AudienceUses, type Used } from './audience-uses.js';
export { AudiencesModule } from './audiences.module.js';
export {
  allPeopleOf,
  JOINED,
  ofMembers,
  People,
  peopleOf,
  personWith,
  sampleOfPeople,
  type PeoplePart,
} from './people.js';
export { Contacts, contactsOf, sampleOf, type Contact, type ContactsAsked } from './contacts.js';
export { EVERYBODY, type Membership } from './segments/rule.sql.js';
export { SegmentNotFound } from './segments/segments.errors.js';
export { SegmentStore } from './segments/segment-store.js';
export { Segments } from './segments/segments.js';

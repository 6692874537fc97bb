/** The public API of audiences: groups of people, and their contacts' attributes. */
export { AudienceNotFound, ContactNotFound } from './audience.errors.js';
export { AudienceStore } from './audience-store.js';
export { AudienceUses } from './audience-uses.js';
export { AudiencesModule } from './audiences.module.js';
export { allPeopleOf, JOINED, People, peopleOf, personWith, sampleOfPeople, type PeoplePart } from './people.js';
export { Contacts, contactsOf, sampleOf, type Contact } from './contacts.js';

/** Files that a person was sent, or has sent: they are erased with the person unless somebody else has them. */
import { ADDRESS, asPerson, OWN_MESSAGES, TENANT } from './personal-table.js';

/** Answers their ids as `ids`. */
export const FILES_FOUND = asPerson(`
  select coalesce(array_agg(distinct id), '{}') as ids from (
    select (file ->> 'id')::uuid as id from message, jsonb_array_elements(message.mail -> 'attachments') as file
    where message.id in ${OWN_MESSAGES}
    union all
    select file_id from received_media join received_text using (received_id)
    where file_id is not null and received_text.conversation_id in (
      select id from venue_conversation where person = ${ADDRESS} and tenant_id = ${TENANT})) as file`);

const CARRIES = `@> jsonb_build_array(jsonb_build_object('id', file.id::text))`;

/** Of the files with the ids in parameter 2, those that nothing of the tenant in parameter 1 refers to. */
export const FILES_UNUSED = `
  select file.id from unnest($2::uuid[]) as file (id)
  where not exists (select from message where tenant_id = $1 and mail -> 'attachments' ${CARRIES})
    and not exists (select from campaign where tenant_id = $1 and attachments ${CARRIES})
    and not exists (select from template_version where tenant_id = $1 and attachments ${CARRIES})
    and not exists (select from received_media where file_id = file.id)`;

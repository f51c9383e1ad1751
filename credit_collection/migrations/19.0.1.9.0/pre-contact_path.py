"""A contact keeps the path that its case pursued then, as far as the chatter knows it."""

from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    if column_exists(cr, "collection_contact", "path"):
        return
    create_column(cr, "collection_contact", "path", "varchar")
    # The chatter has the words of the language of the user who changed it.
    cr.execute(
        """
        WITH label AS (
            SELECT DISTINCT selection.value AS path, word.value AS label
              FROM ir_model_fields_selection selection
              JOIN ir_model_fields field ON field.id = selection.field_id
        CROSS JOIN LATERAL jsonb_each_text(selection.name) word
             WHERE field.model = 'collection.case' AND field.name = 'path'),
        change AS (
            SELECT message.res_id AS case_id, message.date, tracked.id, before.path AS old_path,
                   later.path AS new_path
              FROM mail_tracking_value tracked
              JOIN ir_model_fields field ON field.id = tracked.field_id
               AND field.model = 'collection.case' AND field.name = 'path'
              JOIN mail_message message ON message.id = tracked.mail_message_id
               AND message.model = 'collection.case'
         LEFT JOIN label before ON before.label = tracked.old_value_char
         LEFT JOIN label later ON later.label = tracked.new_value_char)
        UPDATE collection_contact contact
           SET path = CASE
               WHEN EXISTS (SELECT FROM change WHERE case_id = kase.id AND date <= contact.date)
               THEN (SELECT new_path FROM change WHERE case_id = kase.id AND date <= contact.date
                      ORDER BY date DESC, id DESC LIMIT 1)
               WHEN EXISTS (SELECT FROM change WHERE case_id = kase.id)
               THEN (SELECT old_path FROM change WHERE case_id = kase.id ORDER BY date, id LIMIT 1)
               ELSE kase.path END
          FROM collection_case kase
         WHERE kase.id = contact.case_id
        """
    )

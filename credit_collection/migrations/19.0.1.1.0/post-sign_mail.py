"""The mail with the link to sign comes from its sender; a sender set by hand stays."""

from odoo.tools import SQL

FORMER = (
    "{{ (object.user_id.email_formatted or object.company_id.email_formatted"
    " or user.email_formatted) }}"
)


def migrate(cr, version):
    cr.execute(
        SQL(
            """
            UPDATE mail_template template
               SET email_from = '{{ (user.email_formatted or object.company_id.email_formatted) }}'
              FROM ir_model_data data
             WHERE data.module = 'credit_collection'
               AND data.name = %s AND data.res_id = template.id
               AND template.email_from = %s
            """,
            "mail_template_application_sign",
            FORMER,
        )
    )

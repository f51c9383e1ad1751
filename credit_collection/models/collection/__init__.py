"""Area `collection`: which customers must be asked to pay, by whom, how, and with what result?

Stands on `credit`, knows nothing of `receivable`. A room imports and overrides only rooms above it.
Settings of the company are a prefetch group of their own (`prefetch="collection"`): Odoo reads a
company in every request, and only collecting needs them.

Hooks  collection.mailing.mixin, of documents that go to customers by mail or on paper, each once.
       To be said by each: _report, _mail_template, _may_send, and a scheduled action that calls
       _cron_send. Where it differs: _get_queue_domain and _get_anytime_domain (what goes by itself,
       when), _prepare_delivery (refresh it; does it still go?), _get_subject, _get_copies,
       _get_attachments, _is_to_customer, _log_contact, _get_case and _get_bounce_record (where
       answers and returned mail stand), _get_bounce_user, _get_bounce_words, _check_confirmed,
       _get_print_limit, _carry and _has_address (a further channel).
       collection.mailing.run.mixin and .document.mixin, of mailings to many customers: document_ids,
       _job, _create_documents, _get_parameters; run_id, _once and a unique index.
"""

from . import res_company
from . import res_config_settings
from . import collection_mailing_mixin
from . import collection_mailing_mixin_mail
from . import collection_mailing_run_mixin
from . import mail_mail
from . import mail_thread

from . import open_item
from . import stage
from . import case
from . import resolution
from . import letter
from . import thanks
from . import run
from . import confirmation
from . import takeover

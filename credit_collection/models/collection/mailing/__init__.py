"""How does a document reach the customer, by mail or on paper, exactly once?

States collection.mailing.mixin: ready -> sent | printed | bounced | cancelled; bounced -> sent.
       collection.mailing.run.mixin: preview -> running -> done; running -> stopped -> running, done.
Hooks  collection.mailing.mixin. To be said by each: _report, _mail_template, _may_send, and a
       scheduled action that calls _cron_send. Where it differs: _get_queue_domain and
       _get_anytime_domain (what goes by itself, when), _prepare_delivery (refresh it; does it still
       go?), _get_subject, _get_copies, _get_attachments, _is_to_customer, _log_contact, _get_case
       and _get_bounce_record (where answers and returned mail stand), _get_bounce_user,
       _get_bounce_words, _check_confirmed, _get_print_limit, _carry and _has_address (a further
       channel).
       collection.mailing.run.mixin and .document.mixin, of mailings to many customers: document_ids,
       _job, _create_documents, _get_parameters; run_id, _once and a unique index.
Crons  none: each model has its own.
"""

from . import collection_mailing_mixin
from . import collection_mailing_mixin_mail
from . import collection_mailing_run_mixin
from . import mail_mail
from . import mail_thread

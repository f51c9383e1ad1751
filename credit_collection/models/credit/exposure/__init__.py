"""How much does a customer owe and have on order, and how much of it may be asked for?

States none: `credit.exposure.line` is an SQL view, one row per open document; `credit.open.item` is
       the one SQL of open items: open, set off, blocked, to ask.
Books  sums are of the legal entity; a row is of the company of its document, and shown there.
Hooks  credit.exposure.line._get_exposure_selects (kinds), _get_apart_selects (rows beside the exposure),
       _get_pending_kinds (what is no debt), _table_query (more columns), _flush_sources,
       action_open_document;
       credit.open.item._get_block_selects (the blocked part of an item, and why), _flush_sources,
       _contested_partners_sql, _order_sql (what is paid first); res.partner._credit_security_sql
       (securities that raise the effective limit), _credit_shared_sql, _credit_columns_sql,
       _credit_full_sql.
Crons  none.
"""

from . import credit_exposure_line
from . import credit_exposure_line_order
from . import credit_open_item
from . import res_partner
from . import sale_order
from . import res_partner_check
from . import account_account
from . import res_currency

from odoo import api, models
from odoo.tools import consteq, hmac


class CreditLinkMixin(models.AbstractModel):
    """Records with a page without log-in, behind a link that holds their key.

    The key is derived from the database's secret and what `_get_link_facts` returns: nobody can
    guess it, nothing is stored, and the link ends when one of the facts changes.
    """

    _name = "credit.link.mixin"
    _description = "Record with a Page Without Log-In"
    # What the key is for, and the first part of the page's address.
    _link_scope = None
    _link_path = None

    def _get_link_facts(self):
        """Return what the key is derived from. Extend with what ends a link when it changes."""
        self.ensure_one()
        return (self.id,)

    def _get_token(self):
        """Return the key of the page without log-in."""
        # sudo: the secret is the database's
        return hmac(self.env(su=True), self._link_scope, self._get_link_facts())

    def _get_page_url(self):
        """Return the address of the page without log-in; the caller decides who may see it."""
        return f"{self.get_base_url()}{self._link_path}/{self.id}/{self._get_token()}"

    @api.model
    def _find_by_link(self, record_id, token):
        """Return the record behind a link as superuser, empty for a wrong key or number alike."""
        # A number that no record can have is no record either.
        # sudo: nobody is logged in, the key decides
        record = self.sudo().browse(record_id if record_id < 2**31 else 0).exists()
        if record and consteq(record._get_token().encode(), token.encode()):
            return record
        return record.browse()

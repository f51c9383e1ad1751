from odoo.exceptions import UserError

from ..hold.gate_case import GateCase


class CollateralCase(GateCase):
    def refused(self, call, error=UserError):
        # Values are tried one after the other: refused ones are undone.
        with self.assertRaises(error) as refusal, self.env.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()
        return str(refusal.exception)

    def _security(self, value=500, user=None, **values):
        values = {
            "name": "Guarantee 1",
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "value": value,
            "date_from": self._today(),
            **values,
        }
        return self.env["credit.security"].with_user(user or self.controller).create(values)

    def assertLimit(self, limit, partner=None, available=None):
        partner = self._figures(partner or self.customer)
        self.assertEqual(partner.credit_effective_limit, limit)
        self.assertEqual(
            partner.credit_available, partner.credit_effective_limit - partner.credit_exposure
        )

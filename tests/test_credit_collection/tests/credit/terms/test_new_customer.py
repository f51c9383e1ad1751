from ..policy.policy_case import PolicyCase


class TestNewCustomer(PolicyCase):
    """P4-03: a new customer starts as the policy says, whichever way they come."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_manager.group_ids += cls.quick_ref("base.group_partner_manager")
        cls._in_force()
        cls.parent = cls._customer("Group", limit=5000)
        cls.partners = cls.env["res.partner"].with_user(cls.sales_manager)

    def _contact(self, **values):
        return self.partners.create({"name": "Contact", "parent_id": self.parent.id, **values})

    def test_branch_with_a_parent(self):
        branch = self._contact(is_company=True)
        self.assertEqual(branch.commercial_partner_id, branch)
        self.assertEqual((branch.credit_control, branch.sudo().credit_is_new), ("cash", True))

    def test_contact_that_becomes_a_customer(self):
        for values in ({"is_company": True}, {"parent_id": False}):
            contact = self._contact()
            self.assertFalse(contact.credit_control)
            contact.write(values)
            self.env.invalidate_all()
            self.assertEqual(contact.commercial_partner_id, contact)
            self.assertEqual((contact.credit_control, contact.credit_limit), ("cash", 0.0))
            order = self._order(contact, 100)
            [reason] = order._credit_check()[order.id].holding
            self.assertEqual(reason["rule_type"], "prepayment")

    def test_what_was_decided_stays(self):
        contact = self._contact()
        contact.with_user(self.controller).write(
            {"is_company": True, "credit_control": "limit", "credit_limit": 700}
        )
        self.assertEqual((contact.credit_control, contact.credit_limit), ("limit", 700))
        contact.with_user(self.controller).parent_id = False
        self.assertEqual((contact.credit_control, contact.credit_limit), ("limit", 700))

    def test_person_stays_a_contact(self):
        contact = self._contact()
        other = self._customer("Other")
        contact.parent_id = other
        self.assertEqual(contact.commercial_partner_id, other)
        self.assertFalse(contact.credit_control)

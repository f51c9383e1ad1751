from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseDecision(GateCase):
    """Approvers are told what they decide on, say why, and hear who is next."""

    def _activities(self, hold, user=None):
        domain = [("res_model", "=", "credit.hold"), ("res_id", "=", hold.id)]
        if user:
            domain.append(("user_id", "=", user.id))
        return self.env["mail.activity"].sudo().search(domain)

    def _requests(self, hold, user):
        """Unread messages that ask for a decision."""
        return (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("mail_message_id.model", "=", "credit.hold"),
                    ("mail_message_id.res_id", "=", hold.id),
                    ("res_partner_id", "=", user.partner_id.id),
                    ("is_read", "=", False),
                ]
            )
        )

    def _decide_dialog(self, hold, user, kind="action_approve", **values):
        action = getattr(hold.with_user(user), kind)()
        wizards = self.env["comment.wizard"].with_user(user).with_context(**action["context"])
        return wizards.create(values)

    def test_message_and_activity_name_what_is_decided(self):
        self.sales_manager.sudo().notification_type = "inbox"
        _order, hold = self._held(1600)
        self._request(hold, note="Pays 500 each month until May.")
        activity = self._activities(hold, self.sales_manager)
        self.assertEqual(len(activity), 1)
        message = self._requests(hold, self.sales_manager).mail_message_id
        self.assertEqual(len(message), 1)
        for text in (activity.summary, message.subject):
            text = text.replace("\xa0", " ")
            for word in (hold.name, "Narrow & Sons", "$ 1,600.00"):
                self.assertIn(word, text)
        for text in (str(activity.note), str(message.body)):
            text = text.replace("&nbsp;", " ").replace("\xa0", " ")
            for word in (
                "Narrow &amp; Sons",
                "$ 1,600.00",
                "exceeds the limit",
                "Pays 500 each month",
                "C – ",
            ):
                self.assertIn(word, text)
        self.assertIn(f'data-oe-id="{hold.id}"', str(message.body), "a link to the hold")

    def test_they_vanish_when_their_turn_is_over(self):
        users = (self.sales_manager, self.finance_manager, self.general_manager)
        for user in users:
            user.sudo().notification_type = "inbox"
        for end in ("approved", "rejected", "withdrawn", "cancelled"):
            with self.subTest(end=end):
                _order, hold = self._held(1600)
                self._request(hold)
                self.assertTrue(self._activities(hold, self.sales_manager))
                if end == "approved":
                    self._approve(hold, self.sales_manager)
                    self.assertTrue(self._activities(hold, self.finance_manager))
                elif end == "rejected":
                    hold.with_user(self.sales_manager).reject_tier()
                elif end == "withdrawn":
                    hold.with_user(self.salesperson).action_withdraw()
                else:
                    hold.order_id.with_user(self.salesperson)._action_cancel()
                self.assertFalse(self._activities(hold, self.sales_manager))
                self.assertFalse(self._requests(hold, self.sales_manager))

    def test_approval_takes_a_comment_and_says_who_is_next(self):
        _order, hold = self._held(1600)
        self._request(hold)
        wizard = self._decide_dialog(hold, self.sales_manager, comment="Good for it")
        self.assertIn(self.finance_manager.name, wizard.credit_next)
        self.assertIn("Narrow & Sons", wizard.credit_title)
        # As the dialog opens, before anything of it is stored.
        action = hold.with_user(self.sales_manager).action_approve()
        dialogs = self.env["comment.wizard"].with_user(self.sales_manager)
        opened = dialogs.with_context(**action["context"]).new({})
        self.assertNotIn(self.sales_manager.name, opened.credit_next)
        answer = wizard.add_comment()
        self.assertIn(self.finance_manager.name, answer["params"]["message"])
        review = hold.review_ids.filtered(lambda r: r.done_by == self.sales_manager)
        self.assertRecordValues(review, [{"status": "approved", "comment": "Good for it"}])
        # Without a comment, too; the last one hears that.
        self._decide_dialog(hold, self.finance_manager).add_comment()
        wizard = self._decide_dialog(hold, self.general_manager)
        self.assertFalse(wizard.credit_next)
        self.assertIn("last approval", wizard.add_comment()["params"]["message"])
        self.assertEqual(hold.state, "released")

    def test_rejection_says_why_and_is_shown_as_rejected(self):
        order, hold = self._held(1600)
        self._request(hold)
        for comment in (False, "  "):
            wizard = self._decide_dialog(hold, self.sales_manager, "action_reject", comment=comment)
            self.refused(wizard.add_comment)
            self.assertEqual(hold.state, "requested")
        self._decide_dialog(
            hold, self.sales_manager, "action_reject", comment="Pays too late"
        ).add_comment()
        self.assertEqual(order.credit_state, "rejected")
        self.assertNotified(self.salesperson, hold, words=("Pays too late",))
        # In the list of held orders, until it is confirmed anew or cancelled.
        self.assertIn(hold, self._open_holds(self.salesperson))
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.credit_state, "held")
        self.assertEqual(
            self._open_holds(self.salesperson) & self._hold(order), order.credit_hold_id
        )

    def _open_holds(self, user):
        action = self.env["credit.hold"].with_user(user)._open_menu()
        self.assertEqual(action["context"], {"search_default_open": 1})
        domain = self._filter("open")
        return self.env["credit.hold"].with_user(user).search(domain)

    def _filter(self, name):
        arch = self.env["credit.hold"]._get_view(None, "search")[0]
        return safe_eval(
            next(n.get("domain") for n in arch.iter("filter") if n.get("name") == name)
        )

    def test_list_opens_on_what_is_there(self):
        """The auditor finds ended holds; in Observe what would have been held is shown."""
        holds = self.env["credit.hold"]
        _order, hold = self._held(1600)
        hold.with_user(self.salesperson).action_cancel()
        holds.sudo().search(
            [("state", "in", ("held", "requested")), ("company_id", "=", self.company.id)]
        )._do_close("cancelled", "x")
        auditor = holds.with_user(self.auditor).with_company(self.company)
        self.assertFalse(auditor._open_menu()["context"])
        self.company.sudo().credit_mode = "observe"
        order = self._order(self.customer, 1700, confirm=True)
        self.assertEqual(order.state, "sale")
        self.assertIn("search_default_observed", auditor._open_menu()["context"])

    def test_finance_reads_the_list_without_rights_on_orders(self):
        _order, hold = self._held(1600)
        self._request(hold)
        hold.with_user(self.sales_manager).reject_tier()
        self.assertIn(hold, self._open_holds(self.finance_manager))

    def test_hold_links_to_the_credit_file(self):
        _order, hold = self._held(1600)
        action = hold.with_user(self.controller).action_open_credit_file()
        self.assertEqual(action["res_id"], self.customer.id)

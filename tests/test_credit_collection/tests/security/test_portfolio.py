from odoo.tests import tagged
from odoo.tools import SQL

from .rights_case import RightsCase
from .samples import OURS

# What collectors see of all customers, whatever their portfolio: what credit control decides, the
# figures of the company's books, and lessons of closed cases, which are written for everybody.
OF_ALL = {
    "credit.application", "credit.assessment", "credit.assessment.line", "credit.assessment.signoff",
    "credit.decision", "credit.document", "credit.exposure.line", "credit.group.member",
    "credit.hold", "credit.hold.reason", "credit.investigation", "credit.security",
    "credit.sublimit", "credit.warning", "insight.lesson", "insight.snapshot",
    "receivable.interest.closing.line", "receivable.provision.specific",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestPortfolio(RightsCase):
    """Where collectors keep to a portfolio, they see nothing that hangs on others' customers."""

    def setUp(self):
        super().setUp()
        self.company.sudo().collection_own_portfolio = True
        self._become("collector")

    def _sold_by_another(self):
        self.own.sudo().user_id = self.salesperson2
        self.env.flush_all()
        self.env.invalidate_all()

    def _of_customers(self):
        """Records of ours about a customer that a collector may see: {model: {kind: record}}."""
        found = {}
        for name, samples in self.samples.items():
            model = self.env[name].with_user(self.person)
            fields = model._fields.keys() & {"partner_id", "case_id"}
            fields |= {
                one
                for one, field in model._fields.items()
                if field.type == "many2one" and field.comodel_name in self.parents
            }
            if name.startswith(OURS) and fields and samples and model.has_access("read"):
                found[name] = samples
        return found

    @property
    def parents(self):
        """Documents of a customer, whose lines may name no customer themselves."""
        return {
            name
            for name in self.samples
            if name.startswith(OURS) and "partner_id" in self.env[name]._fields
        }

    def _seen(self, kind, operation="read"):
        """The models whose record of a kind the collector may see or change."""
        self.env.invalidate_all()
        return {
            name
            for name, samples in self._of_customers().items()
            if kind in samples and samples[kind].with_user(self.person).has_access(operation)
        }

    def test_others_customers_are_hidden(self):
        self.assertEqual(self._seen("other"), OF_ALL)

    def test_own_customers_are_seen_by_who_sells_to_them(self):
        self.assertEqual(self._of_customers().keys() - self._seen("own"), set())

    def test_own_customers_are_seen_by_who_has_their_case(self):
        self._sold_by_another()
        self.assertEqual(self._of_customers().keys() - self._seen("own"), set())

    def test_a_case_in_another_company_opens_nothing_here(self):
        self._sold_by_another()
        self.env.cr.execute(
            SQL(
                "UPDATE collection_case SET company_id = %s WHERE id = %s",
                self.foreign["company"].id,
                self.samples["collection.case"]["own"].id,
            )
        )
        self.person.sudo().company_ids += self.foreign["company"]
        self.assertNotIn("receivable.interest", self._seen("own"))

    def test_nothing_is_hidden_where_the_company_does_not_say_so(self):
        self.company.sudo().collection_own_portfolio = False
        self.env.registry.clear_cache()
        for name in ("receivable.interest", "receivable.writeoff", "insight.meeting.line"):
            self.assertIn(name, self._seen("other"))

    def test_a_collector_writes_no_others_notes(self):
        for name in ("receivable.interest", "receivable.interest.line", "receivable.writeoff"):
            with self.subTest(model=name):
                self.assertIn(name, self._seen("own", "write"))
                self.assertNotIn(name, self._seen("other", "write"))

import csv

from ..branch_case import BranchCase
from ..common import migration


class TestBranchUpdate(BranchCase):
    """Databases whose branches had terms, settings and documents of their own."""

    def _update(self):
        self.env.flush_all()
        migration("19.0.1.2.0", "pre-branches").migrate(self.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        migration("19.0.1.2.0", "post-branches").migrate(self.cr, "19.0.1.1.0")
        self.env.flush_all()
        self.env.invalidate_all()

    def _listed(self):
        attachment = self.env["ir.attachment"].search(
            [("name", "=", "branches.csv"), ("res_id", "=", self.company.partner_id.id)],
            order="id desc",
            limit=1,
        )
        text = (attachment.raw or b"").decode("utf-8-sig")
        return [tuple(row) for row in csv.reader(text.splitlines())][1:]

    def _set_in_branch(self, partner, name, value):
        self.env.flush_all()
        self.cr.execute(
            f"UPDATE res_partner SET {name} = COALESCE({name}, '{{}}') || jsonb_build_object(%s, %s)"
            " WHERE id = %s",
            [str(self.branch.id), value, partner.id],
        )
        self.env.invalidate_all()

    def test_terms_of_a_branch_are_listed_and_kept(self):
        customer = self._customer("Two Terms", limit=700, grade="B")
        same = self._customer("Same Terms", limit=300)
        self._set_in_branch(customer, "credit_limit", 200)
        self._set_in_branch(customer, "credit_grade_id", self._grade("D").id)
        self._set_in_branch(same, "credit_limit", 300)
        self._update()
        rows = {(row[1], row[2]): row[3:] for row in self._listed()}
        name = f"Two Terms ({customer.id})"
        self.assertEqual(rows.pop((name, "Credit Limit")), ("200", "700.0"))
        there, here = rows.pop((name, "Grade"), None) or rows.pop((name, "Credit Grade"))
        self.assertEqual((there[0], here[0]), ("D", "B"))
        self.assertFalse([key for key in rows if "Terms" in key[0]])
        self.cr.execute(
            "SELECT (credit_limit ->> %s)::float FROM res_partner WHERE id = %s",
            [str(self.branch.id), customer.id],
        )
        self.assertEqual(self.cr.fetchone()[0], 200.0)
        self.assertEqual(self._figures(customer, self.branch).credit_limit, 700.0)
        activity = self.company.partner_id.activity_ids
        self.assertIn(activity.user_id, self.company._credit_controllers())

    def test_settings_of_a_branch_follow_and_are_listed(self):
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_company SET credit_mode = 'off', collection_amount_a = 5,"
            " collection_amount_b = 4 WHERE id = %s",
            [self.branch.id],
        )
        self.env.invalidate_all()
        self._update()
        self.assertEqual(self.branch.credit_mode, "enforce")
        self.assertEqual(self.branch.collection_amount_a, self.company.collection_amount_a)
        self.assertIn(("Branch", "", "Credit Control", "off", "enforce"), self._listed())
        self.company.credit_mode = "observe"

    def test_documents_of_a_branch_move_to_the_root(self):
        customer, other = self._customer("Both"), self._customer("Branch's")
        cases = self.env["collection.case"].sudo()._system()
        first, second, third = (
            cases.create({"partner_id": partner.id, "company_id": company.id})
            for partner, company in (
                (customer, self.company), (customer, self.branch), (other, self.branch),
            )
        )  # fmt: skip
        rule = self._set_rules({"rule_type": "limit"})
        self.env.flush_all()
        self.cr.execute(
            "UPDATE credit_rule SET company_id = %s WHERE id = %s", [self.branch.id, rule.id]
        )
        self.env.invalidate_all()
        self._update()
        self.assertEqual((first | third).company_id, self.company)
        # The customer has an open case there already: people close one of the two.
        self.assertEqual(second.company_id, self.branch)
        self.assertEqual(rule.company_id, self.branch)
        listed = " ".join(row[1] for row in self._listed())
        self.assertIn(second.display_name, listed)
        self.assertIn("Hold Rule", listed)

    def test_without_branches_of_their_own_nothing_is_listed(self):
        self._update()
        self.assertEqual(self._listed(), [])
        self.assertFalse(self.company.partner_id.activity_ids)

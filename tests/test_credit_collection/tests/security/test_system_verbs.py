from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestSystemVerbs(CreditCollectionCommon):
    """Code of the add-on writes as the system for one call; the right does not travel on."""

    def setUp(self):
        super().setUp()
        self.runs = self.env["collection.run"].with_user(self.collector)

    def _run(self):
        return self.runs._system_create(
            {"company_id": self.company.id, "date": self.company._credit_today()}
        )

    def test_records_come_back_with_the_rights_of_the_caller(self):
        run = self._run()
        self.assertEqual(run.env, self.runs.env)
        for one in (run, run.sudo()):
            with self.subTest(su=one.env.su), self.assertRaises(AccessError):
                one.write({"message": "By hand"})
            with self.subTest(su=one.env.su), self.assertRaises(AccessError):
                one.unlink()

    def test_each_verb_goes_past_rights_for_its_call(self):
        run = self._run()
        run._system_write({"message": "By the system"})
        self.assertEqual(run.message, "By the system")
        self.assertFalse(run._is_system())
        run._system_unlink()
        self.assertFalse(run.exists())

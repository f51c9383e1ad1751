from odoo.tests import tagged
from odoo.tools.sql import column_exists

from ...common import migration
from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestConductUpdate(ApplicationCase):
    """Databases from before 19.0.1.5.0, whose applications knew no conduct."""

    def test_columns_come_empty(self):
        application = self._application()
        self.env.flush_all()
        self.cr.execute("ALTER TABLE credit_application DROP COLUMN late_count")
        migration("19.0.1.5.0", "pre-conduct").migrate(self.cr, "19.0.1.4.0")
        self.assertTrue(column_exists(self.cr, "credit_application", "late_count"))
        self.cr.execute("SELECT late_count FROM credit_application WHERE id = %s", [application.id])
        self.assertEqual(self.cr.fetchall(), [(None,)])

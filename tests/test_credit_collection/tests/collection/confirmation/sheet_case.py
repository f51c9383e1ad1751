from odoo.tests import freeze_time, tagged

from ...common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class SheetCase(CreditCollectionCommon):
    """A company with sheets switched on, a team with a head, reasons of every route."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager", "credit_collection.group_collection_manager")
        cls.head = cls._user("head", "credit_collection.group_collection_collector")
        company = cls.company.sudo()
        company.resource_calendar_id.tz = company.partner_id.tz = "Asia/Shanghai"
        company.write(
            {
                "collection_finance_user_id": cls.controller.id,
                "collection_accounting_user_id": cls.accountant.id,
                "collection_sales_head_id": cls.sales_manager.id,
            }
        )
        cls.team = (
            cls.env["collection.team"]
            .sudo()
            .create(
                {
                    "name": "Clearance",
                    "company_id": cls.company.id,
                    "head_id": cls.head.id,
                    "legal_user_id": cls.legal.id,
                    "finance_user_id": cls.controller.id,
                }
            )
        )
        reasons = cls.env["collection.reason"].sudo()
        reasons.search([]).active = False  # of those that ship, one has the same name
        cls.books, cls.ours, cls.quality, cls.default = reasons.create(
            [
                {"name": "Books differ", "category": "internal", "route": "accounting"},
                {"name": "We forgot", "category": "internal", "route": "collector"},
                {"name": "Quality", "category": "external", "route": "sales"},
                {"name": "Default without any reason", "category": "external", "route": "measures"},
            ]
        )
        cls.buyer = cls._customer("Buyer")

    def _on(self, day, hour="02:00:00"):
        """The clock at an hour in UTC; 02:00 is ten in the morning in Shanghai."""
        return freeze_time(f"{day} {hour}")

    def _enable(self, notice, sheet):
        """Switched on, with the months that are dealt with already."""
        self.company.sudo().write(
            {
                "collection_sheet_enabled": True,
            }
        )
        self.company.sudo().write(
            {"collection_notice_period": notice, "collection_sheet_period": sheet}
        )

    def _daily(self):
        self.env["collection.confirmation"].sudo()._run_company(self.company.sudo())

    def _sheets(self):
        return (
            self.env["collection.confirmation"]
            .sudo()
            .search([("company_id", "=", self.company.id)], order="id")
        )

    def _make(self):
        """Sheets of today, as the system makes them."""
        company = self.company.sudo()
        month = company._credit_today().replace(day=1)
        self.env["collection.confirmation"].sudo()._create_sheets(company, month)
        return self._sheets()

    def _answers(self, reason=None, **values):
        return {
            "figures": "right",
            "reason_id": (reason or self.quality).id,
            "reason_note": "Colour is off",
            "fault_unit": "Plant 2",
            "likelihood": "likely",
            "amount_expected": 50,
            "date_expected": "2027-02-15",
            **values,
        }

    def _fill(self, sheet, reason=None, **values):
        """The salesperson answers every line, as the form writes it."""
        sheet.with_user(sheet.user_id).write(
            {
                "line_ids": [
                    (1, line.id, {**self._answers(reason), "is_confirmed": True, **values})
                    for line in sheet.line_ids
                ]
            }
        )

    def _activities(self, record, kind=None):
        domain = [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        if kind:
            domain.append(("activity_type_id", "=", self.env.ref(f"credit_collection.{kind}").id))
        return self.env["mail.activity"].sudo().search(domain)

    def _mails(self, text):
        return self.env["mail.mail"].sudo().search([("subject", "ilike", text)])

    def _case(self, partner=None, user=None, **values):
        return (
            self.env["collection.case"]
            .sudo()
            ._system()
            .create(
                {
                    "name": "C1",
                    "partner_id": (partner or self.buyer).id,
                    "company_id": self.company.id,
                    "user_id": (user or self.salesperson).id,
                    "team_id": self.team.id,
                    **values,
                }
            )
            .with_env(self.env)
        )

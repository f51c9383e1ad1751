from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools.misc import file_open

from ..application.application_case import ApplicationCase

COLUMNS = [
    "ref", "name", "credit_grade_id", "credit_control", "credit_limit", "credit_term_days",
    "credit_segment", "credit_review_date",
]  # fmt: skip


@tagged("post_install", "-at_install")
class TestImport(ApplicationCase):
    """Terms of many customers by Odoo's own import, all of them or none (P4-02)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls._customer("Import One", ref="IM1")
        cls.two = cls._customer("Import Two", ref="IM2")
        cls.review = str(cls.company._credit_today().replace(month=12, day=31))

    def _row(self, partner, grade="A", control="limit", limit="5000", term="30", segment="sme"):
        return [partner.ref, partner.name, grade, control, limit, term, segment, self.review]

    def _load(self, *rows, columns=None, user=None):
        partners = self.env["res.partner"].with_user(user or self.controller)
        result = partners.with_context(credit_import=True).load(
            columns or list(COLUMNS), list(rows)
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _errors(self, result):
        """{row: messages} of a load that left nothing behind."""
        self.assertFalse(result["ids"])
        errors = {}
        for message in result["messages"]:
            if message["type"] == "error":
                errors.setdefault(message["rows"]["from"], []).append(message["message"])
        self.assertEqual(self._terms(self.one), ("none", 0, 0, False))
        self.assertEqual(self._terms(self.two), ("none", 0, 0, False))
        return errors

    def test_blank_control_is_refused(self):
        """Empty would be no control, which is unlimited credit: nobody means that by a blank cell."""
        result = self._load(self._row(self.one), self._row(self.two, control=" "))
        [message] = self._errors(result)[1]
        for word in ("Credit Control", "IM2", "Cash Only", "Unlimited"):
            self.assertIn(word, message)

    # ------------------------------------------------------------------ good files

    def test_terms_come_in(self):
        result = self._load(
            self._row(self.one), self._row(self.two, "C – Watch", "Cash Only", "0", "0")
        )
        self.assertEqual(result["ids"], [self.one.id, self.two.id], result["messages"])
        self.assertEqual(self._terms(self.one), ("limit", 5000, 30, "A"))
        self.assertEqual(self._terms(self.two), ("cash", 0, 0, "C"))
        customer = self._figures(self.one)
        self.assertEqual(customer.credit_segment, "sme")
        self.assertEqual(str(customer.credit_review_date), self.review)
        decision = self._decisions(self.one)[:1]
        self.assertRecordValues(
            decision,
            [{"source": "import", "user_id": self.controller.id, "new_limit": 5000}],
        )

    def test_grade_by_code_and_by_shown_name(self):
        for text in ("B", self._grade("B").display_name):
            with self.subTest(text=text):
                self._decide(self.one, credit_grade_id=False)
                self.assertTrue(self._load(self._row(self.one, text))["ids"])
                self.assertEqual(self._terms(self.one)[3], "B")

    def test_customers_by_any_key(self):
        xmlid = self.env["ir.model.data"].create(
            {"module": "im", "name": "one", "model": "res.partner", "res_id": self.one.id}
        )
        for column, value in (
            ("name", "Import One"),
            ("ref", "IM1"),
            (".id", str(self.one.id)),
            ("id", xmlid.complete_name),
        ):
            with self.subTest(column=column):
                self._decide(self.one, credit_limit=0)
                result = self._load([value, "77"], columns=[column, "credit_limit"])
                self.assertEqual(result["ids"], self.one.ids, result["messages"])
                self.assertEqual(self._terms(self.one)[1], 77)

    def test_thousand_customers(self):
        partners = (
            self.env["res.partner"]
            .with_user(self.controller)
            .create(
                [{"name": f"Many {n}", "ref": f"M{n}", "is_company": True} for n in range(1000)]
            )
        )
        result = self._load(*(self._row(partner) for partner in partners))
        self.assertEqual(result["ids"], partners.ids, result["messages"])
        self.assertEqual(set(self._figures(partners).mapped("credit_limit")), {5000})
        self.assertEqual(
            self.env["credit.decision"].search_count(
                [("partner_id", "in", partners.ids), ("source", "=", "import")]
            ),
            1000,
        )
        # One bad row of a thousand: named, and nothing is changed.
        rows = [self._row(partner, limit="6000") for partner in partners]
        rows[700][4] = "-1"
        result = self._load(*rows)
        self.assertFalse(result["ids"])
        self.assertIn(700, [each["rows"]["from"] for each in result["messages"]])
        self.assertEqual(set(self._figures(partners).mapped("credit_limit")), {5000})

    # ------------------------------------------------------------------ bad files

    def test_every_bad_row_is_named(self):
        stranger = self.env["res.partner"].new({"ref": "XX", "name": "Nobody"})
        errors = self._errors(
            self._load(
                self._row(self.one),
                self._row(stranger),
                self._row(self.two, grade="Z"),
            )
        )
        self.assertEqual(set(errors), {1, 2})
        self.assertIn("Nobody", errors[1][0])
        self.assertIn("Z", errors[2][0])

    def test_bad_values(self):
        for bad, words in (
            ({"limit": "-5"}, "negative"),
            ({"limit": "much"}, "much"),
            ({"term": "99999"}, "99999"),
            ({"control": "generous"}, "generous"),
            ({"segment": "huge"}, "huge"),
        ):
            with self.subTest(bad=bad):
                errors = self._errors(self._load(self._row(self.one), self._row(self.two, **bad)))
                self.assertIn(words, errors[1][-1])

    def test_customer_is_found_by_name_and_reference(self):
        twin = self._customer("Import One", ref="IM3")
        columns = ["name", "credit_limit"]
        errors = self._errors(
            self._load(["Import One", "1"], ["", "1"], ["Import Two", "1"], ["Import Two", "2"],
                       columns=columns)
        )  # fmt: skip
        self.assertEqual(set(errors), {0, 1, 3})
        self.assertIn("Import One", errors[0][0])
        # A reference that belongs to somebody of another name is nobody.
        row = self._row(self.one)
        row[1] = "Import Two"
        self.assertEqual(set(self._errors(self._load(row))), {0})
        self.assertTrue(self._load(self._row(twin))["ids"])

    def test_import_makes_no_customers(self):
        count = self.env["res.partner"].search_count([])
        for columns in (["name", "credit_limit"], ["id", "credit_limit"], ["credit_limit"]):
            row = ["import.nobody", "5"][-len(columns) :]
            self.assertTrue(self._errors(self._load(row, columns=columns)))
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_contacts_have_no_terms(self):
        contact = self.env["res.partner"].create({"name": "Clerk of", "parent_id": self.one.id})
        self.assertTrue(
            self._errors(self._load([contact.name, "5"], columns=["name", "credit_limit"]))
        )

    def test_only_controllers_import(self):
        for user in (self.salesperson, self.auditor, self.accountant, self.sales_manager):
            with self.subTest(user=user.name):
                result = self._load(self._row(self.one), user=user)
                self.assertFalse(result["ids"])
                self.assertIn("controllers", result["messages"][0]["message"])
                self.assertEqual(self._terms(self.one)[1], 0)
                partners = self.env["res.partner"].with_user(user)
                self.refused(partners.action_import_credit_terms, AccessError)
        # As the button over the list calls it: with the ids that are selected, none.
        partners = self.env["res.partner"].with_user(self.controller)
        action = call_kw(partners, "action_import_credit_terms", [[]], {})
        self.assertEqual(action["params"]["context"], {"credit_import": True})

    # ------------------------------------------------------------------ Odoo's own import

    def _template(self, lang):
        partners = self.env["res.partner"].with_user(self.controller)
        [found] = partners.with_context(credit_import=True, lang=lang).get_import_templates()
        with file_open(found["template"].lstrip("/"), "rb") as file:
            return file.read()

    def test_template_is_read_by_the_import(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["base", "account", "credit_collection"], ["zh_CN"]
        )
        self.one.write({"ref": "C0001"})
        self.two.write({"ref": "C0002"})
        for lang, names in (
            ("en_US", ("Example Customer One", "Example Customer Two")),
            ("zh_CN", ("示例客户一", "示例客户二")),
        ):
            with self.subTest(lang=lang):
                self.one.name, self.two.name = names
                context = {"credit_import": True, "lang": lang}
                wizard = self.env["base_import.import"].with_user(self.controller)
                wizard = wizard.with_context(**context).create(
                    {
                        "res_model": "res.partner",
                        "file": self._template(lang),
                        "file_name": "terms.xlsx",
                        "file_type": "application/vnd.openxmlformats-officedocument"
                        ".spreadsheetml.sheet",
                    }
                )
                options = {"quoting": '"', "has_headers": True, "advanced": True}
                preview = wizard.parse_preview(options)
                self.assertNotIn("error", preview)
                found = [preview["matches"].get(number) for number in range(len(COLUMNS))]
                self.assertEqual(found, [[name] for name in COLUMNS])
                result = wizard.execute_import(COLUMNS, [], preview["options"])
                self.assertFalse(result["messages"])
                self.assertEqual(self._terms(self.one), ("limit", 50000, 30, "A"))
                self.assertEqual(self._terms(self.two), ("cash", 0, 0, "C"))
                self._decide(self.one, credit_limit=0)

    def test_contacts_keep_their_template(self):
        [found] = self.env["res.partner"].get_import_templates()
        self.assertNotIn("credit", found["template"])

    # ------------------------------------------------------------------ the whole way of a file

    def _import_file(self, *rows, user=None, columns=(), **options):
        """As the import page does it: upload, preview, import."""
        columns = list(columns or COLUMNS)
        lines = [",".join(columns), *(",".join(row) for row in rows)]
        record = (
            self.env["base_import.import"]
            .with_user(user or self.controller)
            .with_context(credit_import=True)
            .create(
                {
                    "res_model": "res.partner",
                    "file": "\n".join(lines).encode(),
                    "file_name": "terms.csv",
                    "file_type": "text/csv",
                }
            )
        )
        options = {
            "quoting": '"', "separator": ",", "encoding": "utf-8", "has_headers": True,
            "date_format": "%Y-%m-%d", "datetime_format": "", "float_thousand_separator": ",",
            "float_decimal_separator": ".", **options,
        }  # fmt: skip
        result = record.execute_import(columns, columns, options)
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def test_file_with_bad_cells_names_each_row(self):
        third = self._customer("Import Three", ref="IM3")
        fourth = self._customer("Import Four", ref="IM4")
        bad_date = self._row(third)
        bad_date[-1] = "31/31/2027"
        result = self._import_file(
            self._row(self.one), self._row(self.two, limit="abc"), bad_date,
            self._row(fourth, limit="-5"), self._row(self.one, limit="7"),
        )  # fmt: skip
        errors = self._errors(result)
        self.assertEqual(sorted(errors), [1, 2, 3, 4])
        for row, words in ((1, "abc"), (2, "31/31/2027"), (3, "-5"), (4, "already")):
            self.assertEqual(len(errors[row]), 1)
            self.assertIn(words, errors[row][0])

    def test_one_refusal_is_reported_once_with_its_row(self):
        """Odoo tries all rows together first, and blames the first of them."""
        result = self._load(self._row(self.one), self._row(self.two, limit="-5"))
        errors = self._errors(result)
        self.assertEqual(list(errors), [1])
        self.assertEqual(len(errors[1]), 1)

    def test_page_shows_every_message_with_its_line(self):
        """The page shows in full only messages without a column, once for each wording."""
        nobody = self._row(self.env["res.partner"].new({"ref": "XX", "name": "Nobody"}))
        third = self._customer("Import Three", ref="IM3")
        fourth = self._customer("Import Four", ref="IM4")
        result = self._import_file(
            self._row(self.one), nobody, nobody, self._row(self.two, grade="Z"),
            self._row(third, control="generous"), self._row(fourth, limit="lots"),
            self._row(self.one, limit="7"),
        )  # fmt: skip
        messages = result["messages"]
        self.assertFalse([each for each in messages if {"field", "field_path"} & each.keys()])
        self.assertEqual([each["record"] for each in messages], [3, 4, 5, 6, 7, 8])
        texts = [each["message"] for each in messages]
        self.assertEqual(len(set(texts)), 6)
        self.assertIn("Row 4", texts[1])
        self.assertIn("A, B, C, D", texts[2])
        self.assertIn("Cash Only", texts[3])
        self.assertIn("lots", texts[4])
        self.assertIn("row 2", texts[5])

    def test_contact_is_told_from_a_stranger(self):
        self.env["res.partner"].create(
            {"name": "Import Contact", "ref": "IMC", "parent_id": self.one.id}
        )
        errors = self._errors(self._load(["IMC", "5"], columns=["ref", "credit_limit"]))
        self.assertIn("contact of Import One", errors[0][0])

    def test_file_comes_in(self):
        result = self._import_file(self._row(self.one, limit='"5,000.50"'), self._row(self.two))
        self.assertEqual(result["ids"], [self.one.id, self.two.id], result["messages"])
        self.assertEqual(self._terms(self.one)[:3], ("limit", 5000.5, 30))

    # ------------------------------------------------------------------ unclear rows

    def test_number_with_two_meanings_is_refused_with_both(self):
        for way in (self._import_file, self._load):
            for text, meanings in (("50.000", ("50", "50000")), ("1.500", ("1.5", "1500"))):
                with self.subTest(way=way.__name__, text=text):
                    rows = self._row(self.one), self._row(self.two, limit=text)
                    result = way(*rows)
                    errors = self._errors(result)
                    self.assertEqual(list(errors), [1])
                    for word in ("Credit Limit", text, *meanings):
                        self.assertIn(word, errors[1][0])
                    first = 3 if way == self._import_file else 2
                    self.assertEqual([each["record"] for each in result["messages"]], [first])

    def test_two_rows_with_the_same_doubt_are_both_named(self):
        rows = self._row(self.one, limit="50.000"), self._row(self.two, limit="50.000")
        errors = self._errors(self._import_file(*rows))
        self.assertEqual(list(errors), [0, 1])
        self.assertIn("Row 2", errors[0][0])
        self.assertIn("Row 3", errors[1][0])

    def test_column_or_chosen_separators_settle_the_number(self):
        german = {"float_thousand_separator": ".", "float_decimal_separator": ","}
        for limits, options, right in (
            (("50.000", "12.5"), {}, (50, 12.5)),
            (("50.000", "1.234.567"), {}, (50000, 1234567)),
            (("50.000", "8000"), german, (50000, 8000)),
            (('"13,75"', "8000"), german, (13.75, 8000)),
            (("50.000", "8000"), {"float_thousand_separator": ""}, (50, 8000)),
            (('"50,000"', "8000"), {}, (50000, 8000)),
            (("＄５０００", "$ 7"), {}, (5000, 7)),
        ):
            with self.subTest(limits=limits, options=options):
                first, second = limits
                result = self._import_file(
                    self._row(self.one, limit=first), self._row(self.two, limit=second), **options
                )
                self.assertTrue(result["ids"], result["messages"])
                self.assertEqual((self._terms(self.one)[1], self._terms(self.two)[1]), right)

    def test_number_against_the_separators_is_refused(self):
        for text in ("13,75", "1375,5", "12,5", "nan", "1e3", "5_000", "€5000"):
            for way, limit in ((self._import_file, f'"{text}"'), (self._load, text)):
                with self.subTest(way=way.__name__, text=text):
                    errors = self._errors(
                        way(self._row(self.one), self._row(self.two, limit=limit))
                    )
                    self.assertEqual(list(errors), [1])
                    self.assertIn(text, errors[1][0])

    def test_days_are_read_as_limits_are(self):
        for text in ("1.500", "12,5", "30.5", "1_0", "30d"):
            for way, term in ((self._import_file, f'"{text}"'), (self._load, text)):
                with self.subTest(way=way.__name__, text=text):
                    errors = self._errors(way(self._row(self.one), self._row(self.two, term=term)))
                    self.assertEqual(list(errors), [1])
                    self.assertIn(text, errors[1][0])
        self.assertTrue(self._import_file(self._row(self.one, term="30.0"))["ids"])
        self.assertEqual(self._terms(self.one)[2], 30)

    def test_blank_limit_or_term_where_credit_is_granted_is_refused(self):
        for way in (self._import_file, self._load):
            for blank in ({"limit": " "}, {"term": ""}, {"term": "", "control": "Unlimited"}):
                with self.subTest(way=way.__name__, blank=blank):
                    rows = self._row(self.one), self._row(self.two, **blank)
                    errors = self._errors(way(*rows))
                    self.assertEqual(list(errors), [1])
                    self.assertIn("blank", errors[1][0])
        rows = self._row(self.one), self._row(self.two, control="Cash Only", limit="", term="")
        self.assertTrue(self._load(*rows)["ids"])
        # Without that column: the control that the customer has.
        columns = ["ref", "credit_limit"]
        result = self._load(["IM1", ""], columns=columns)
        self.assertFalse(result["ids"])
        self.assertEqual(self._terms(self.one)[1], 5000)
        self.assertTrue(self._load(["IM2", ""], columns=columns)["ids"])

    def test_customer_is_found_in_other_letters(self):
        self.one.write({"name": "Import  One é", "ref": "IM-1a"})
        for column, text in (
            ("name", "IMPORT ONE É"),
            ("name", " Ｉｍｐｏｒｔ　Ｏｎｅ e\u0301 "),
            ("ref", "im-1A"),
            ("ref", "ＩＭ－１ａ"),
        ):
            with self.subTest(text=text):
                self._decide(self.one, credit_limit=0)
                result = self._load([text, "77"], columns=[column, "credit_limit"])
                self.assertEqual(result["ids"], self.one.ids, result["messages"])

    def test_doubtful_name_is_refused_and_the_very_name_is_not(self):
        self.two.name = "IMPORT ONE"
        columns = ["name", "credit_limit"]
        [message] = self._errors(self._load(["import one", "5"], columns=columns))[0]
        self.assertIn("2 customers", message)
        result = self._load(["Import One", "5"], columns=columns)
        self.assertEqual(result["ids"], self.one.ids, result["messages"])

    def test_row_of_a_sum_is_named_as_such(self):
        self._customer("Total")
        for text in ("Total", "TOTAL:", "合计", "合 计", "总计", "小计"):
            with self.subTest(text=text):
                rows = ["Import One", "1"], [text, "1"]
                errors = self._errors(self._load(*rows, columns=["name", "credit_limit"]))
                self.assertEqual(list(errors), [1])
                self.assertIn("total", errors[1][0])

    def test_headers_with_blanks_are_recognised(self):
        header = " Reference ,  Credit  Limit ,Credit\u3000Control"
        record = self.env["base_import.import"].with_user(self.controller)
        record = record.with_context(credit_import=True).create(
            {
                "res_model": "res.partner",
                "file": f"\ufeff{header}\nIM1,what,limit\n".encode(),
                "file_name": "terms.csv",
                "file_type": "text/csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "encoding": "utf-8", "has_headers": True}
        preview = record.parse_preview(options)
        self.assertEqual(
            preview["matches"], {0: ["ref"], 1: ["credit_limit"], 2: ["credit_control"]}
        )

    def test_other_imports_read_our_numbers_in_the_same_way(self):
        """Contacts with limits, and every document with an amount."""
        contacts = self.env["res.partner"].with_user(self.controller)
        for text in ("50.000", "13,75"):
            result = contacts.load([".id", "credit_limit"], [[str(self.one.id), text]])
            self.assertFalse(result["ids"])
            self.assertIn(text, result["messages"][0]["message"])
        columns = ["name", "credit_control", "credit_limit"]
        result = contacts.load(columns, [["New One", "Credit Limit", ""]])
        self.assertIn("blank", result["messages"][0]["message"])
        securities = self.env["credit.security"].with_user(self.controller)
        columns = ["partner_id/.id", "kind", "value", "currency_id"]
        rows = [[str(self.one.id), "guarantee", "1.500", "CNY"]]
        result = securities.load(columns, rows)
        self.assertFalse(result["ids"])
        self.assertIn("1500", result["messages"][0]["message"])
        self.assertEqual(result["messages"][0]["record"], 1)

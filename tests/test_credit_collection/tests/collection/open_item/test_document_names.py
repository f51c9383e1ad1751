import random

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.credit_collection.engine.document_names import get_words, names
from odoo.addons.credit_collection.models.base.document_names import (
    get_forms_sql,
    get_words_sql,
    names_sql,
)

PARTS = [
    *(
        "INV",
        "inv",
        "RINV",
        "PO",
        "A",
        "２０２６",
        "2026",
        "00012",
        "12",
        "1",
        "ＩＮＶ",
        "合同",
        "货",
    ),
    *("é", "Ω", "Σ", "Ж", "ß", "½", "①", "RF18", "/", "/", "-", "-", "_", "#", "\\", ".", " ", " "),
    *(
        ",",
        ":",
        "+",
        "%",
        "_%",
        "~",
        "\t",
        "\n",
        "\u3000",
        "／",
        "－",
        "–",
        "\u2212",
        "\u00a0",
        "、",
    ),
    *("\u200b", "e\u0301", "ﬁ", "'", '"', "\U0001f600"),
]


@tagged("post_install", "-at_install")
class TestDocumentNames(TransactionCase):
    """SQL and Python find the same documents named in a payment's text (P4-14)."""

    def _ask(self, pairs):
        """[(words, whether named)] of SQL for (text, reference) pairs, in one statement."""
        values = SQL(", ").join(SQL("(%s, %s, %s)", n, *pair) for n, pair in enumerate(pairs))
        return self.env.execute_query(
            SQL(
                """
                WITH pair (id, text, reference) AS (VALUES %s),
                     said AS (SELECT id, %s AS words, %s AS forms FROM pair)
                SELECT words, %s FROM said ORDER BY id
                """,
                values,
                get_words_sql(SQL("text")),
                get_forms_sql(SQL("reference")),
                names_sql(SQL("words"), SQL("forms")),
            )
        )

    def test_sql_names_what_python_names(self):
        rng = random.Random(12)

        def text(longest):
            return "".join(rng.choices(PARTS, k=rng.randint(0, longest)))

        pairs = [
            ("RINV/2026/00014", "INV/2026/00014"),
            ("ＩＮＶ／２０２６／０００１４", "INV/2026/00014"),
        ]
        pairs += [(None, None), ("", "/"), ("x", None)]
        for _turn in range(3000):
            reference = text(6)
            inside = rng.choice([reference, reference.upper(), reference.replace("/", " ")])
            pairs.append((text(4) + rng.choice([inside, text(6)]) + text(4), reference))
        named = 0
        for (words, found), (said, reference) in zip(self._ask(pairs), pairs, strict=True):
            with self.subTest(text=said, reference=reference):
                self.assertEqual(words, f" {get_words(said)} " if said is not None else None)
                self.assertEqual(found, names(said, [reference]))
            named += found
        self.assertGreater(named, 500)
        self.assertLess(named, 2500)

    def test_another_number_is_not_named_and_full_width_is(self):
        asked = self._ask(
            [
                ("RINV/2026/00014", "INV/2026/00014"),
                ("ＩＮＶ／２０２６／０００１４", "INV/2026/00014"),
            ]
        )
        self.assertEqual([found for _words, found in asked], [False, True])

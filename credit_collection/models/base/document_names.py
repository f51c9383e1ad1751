"""`engine/document_names.py` in SQL, for many payments and items in one statement."""

from odoo.tools import SQL

from ...engine.document_names import JOINERS, STEPS


def get_words_sql(text):
    """Return a text in the form in which texts and references are compared, a blank on either side.

    Costly: compute it once per payment, in a CTE, before it meets the items.

    :param text: `SQL` of a text, may be NULL
    """
    return SQL("' ' || %s || ' '", _get_words(text))


def get_forms_sql(reference):
    """Return the forms of a reference in texts: an array of LIKE patterns, NULL or empty for none.

    Costly: compute it once per item, in a CTE, before it meets the payments.

    :param reference: `SQL` of a text, may be NULL
    """
    # OFFSET 0: computed once, not in every place where it stands.
    return SQL(
        """
        (SELECT array_agg(DISTINCT '%% ' || form || ' %%')
           FROM (SELECT %(words)s AS words OFFSET 0) AS said,
        LATERAL (SELECT %(squeezed)s AS squeezed) AS bare,
        LATERAL unnest(ARRAY[words, translate(words, '-', ' '),
                             squeezed, translate(squeezed, '-', ' ')]) AS form
          WHERE words <> '')
        """,
        words=_get_words(reference),
        squeezed=_replace(SQL("translate(said.words, ' -', '')")),
    )


def names_sql(words, forms):
    """Return whether a text names a reference: plain comparison, no regular expression.

    :param words: `get_words_sql` of the text, best as a column
    :param forms: `get_forms_sql` of the reference, best as a column
    :return: `SQL` of a boolean, never NULL
    """
    return SQL("COALESCE(%s LIKE ANY (%s), FALSE)", words, forms)


def _get_words(text):
    joined = "translate(lower(normalize(%s, NFKC)), %s, %s)"
    return _replace(SQL(joined, text, JOINERS, "-" * len(JOINERS)))


def _replace(text):
    for pattern, instead in STEPS:
        text = SQL("regexp_replace(%s, %s, %s, 'g')", text, pattern, instead)
    return SQL("btrim(%s, ' ')", text)

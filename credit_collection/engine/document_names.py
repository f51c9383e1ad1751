"""The documents that a payment's text names (P4-14).

Text and reference are brought to one form: NFKC ("ＩＮＶ" = "INV"), small letters, words parted
by single blanks, "-" where a number goes on ("inv-2026-00012" for INV/2026/00012, INV2026/00012
or inv_2026_00012). A reference is named where its words stand whole in the text: RINV/2026/00012
does not name INV/2026/00012, HT-2026-1-2 not HT-2026-1, PO-4711 not 4711. Letters outside A-Z
are no part of a number and may stand beside it: 货款INV/2026/00012. A stroke before a letter
begins a new number (A/1/B/2, SWIFT's /ROC/A/1), so R-INV/2026/00012 does name it.

`models/base/document_names.py` does the same in SQL, from the constants below.
"""

import re
import unicodedata

# Signs that join the parts of a number, read as "-": - / _ \ # and their like in Unicode.
JOINERS = "/_\\#\u2010\u2011\u2012\u2013\u2014\u2015\u2044\u2212\u2215"
# Letters outside A-Z; the rest up to U+00BF and punctuation of Unicode's two blocks part words.
LETTERS = "\u00c0-\u1fff\u2070-\u2fff\u3040-\U0010ffff"
# Regular expressions and their replacements, one after the other, once the joiners are "-".
STEPS = (
    (r"-+", "-"),
    # Where no number goes on, "-" is a blank.
    (r"(?<![a-z0-9])-|-(?![0-9])", " "),
    (r"(?<=[a-z])(?=[0-9])", "-"),
    (rf"([{LETTERS}])", r" \1 "),
    (rf"[^a-z0-9{LETTERS}-]+", " "),
)


def get_words(text):
    """Return the words of a text in the form in which texts and references are compared; "" for none."""
    # Letter by letter as PostgreSQL does it, which knows no Greek word ends.
    text = "".join(letter.lower() for letter in unicodedata.normalize("NFKC", text or ""))
    text = text.translate(dict.fromkeys(map(ord, JOINERS), "-"))
    for pattern, instead in STEPS:
        text = re.sub(pattern, instead, text)
    return text.strip(" ")


def get_forms(reference):
    """Return the forms of a reference in texts: as it stands, or without separators, or with blanks."""
    words = get_words(reference)
    if not words:
        return set()
    squeezed = get_words(re.sub("[ -]", "", words))
    return {form for each in (words, squeezed) for form in (each, each.replace("-", " "))}


def names(text, references):
    """Return whether a payment's text names a document by one of its references.

    :param text: memo, reference and label of the payment
    :param references: number, payment reference and customer's reference of the document
    """
    text = f" {get_words(text)} "
    return any(f" {form} " in text for each in references for form in get_forms(each))

"""Letters: shipped texts that nobody edited come in their new version, types get new names and deadlines.

Translations of what changed are dropped here and loaded anew right after this.
"""

from lxml import etree, html

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, file_path

MODULE = "credit_collection"

TEXTS = "data/collection_letter_text_data.xml"

MAILS = "data/collection_letter_mail_data.xml"

# A sentence of the shipped mail as it was.
FORMER_MAIL = "</b>. The items are listed in the letter attached.</p>"

WORDING = ("subject", "opening", "closing")

# Type: former name, name, deadline in working days (None = as new ones have it).
TYPES = {
    "overdue_notice": ("Overdue Notice", "Overdue Alert", 5),
    "collection_notice": ("Collection Notice", "Past-Due Notice", None),
    "dunning_1": ("First Dunning Letter", "First Demand", None),
    "dunning_2": ("Second Dunning Letter", "Second Demand", None),
    "dunning_final": ("Final Dunning Letter", "Final Demand", 10),
    "lawyer": ("Lawyer's Letter", "Lawyer's Letter", 10),
}

# Conduct, not character: options of the scorecards, former and present name.
OPTIONS = (
    ("credit_scorecard_annual_cooperation_10", "Evasive", "Unresponsive and uncooperative"),
    ("credit_scorecard_5c_character_6", "Bad records or evasive", "Bad records or unresponsive"),
)

# Clauses of repayment agreements as they were printed before there was a template.
FORMER_CLAUSES = {
    "en_US": {
        "subject": "Repayment Agreement",
        "opening": "<p><strong>1. Amount owed.</strong> The debtor acknowledges to owe"
        " <strong>%s</strong> for the following items:</p>",
        "closing": "<p><strong>3. Duties of the debtor.</strong> The debtor pays each amount so that"
        " it arrives on its due date at the latest.</p><p><strong>4. Duties of the"
        " creditor.</strong> As long as the schedule is kept, the creditor does not collect the"
        " items above in any other way.</p><p><strong>5. If an instalment is missed.</strong> When"
        " an instalment is not paid in full on time, this agreement ends: the whole open amount is"
        " due at once, and the creditor may collect it with all means the law allows.</p>",
    },
    "zh_CN": {
        "subject": "还款协议",
        "opening": "<p><strong>一、欠款金额。</strong>债务人确认欠款 <strong>%s</strong>，明细如下：</p>",
        "closing": "<p><strong>三、债务人义务。</strong>债务人应确保每笔款项最迟于到期日到账。</p>"
        "<p><strong>四、债权人义务。</strong>还款计划按约履行期间，债权人不以其他方式催收上述款项。</p>"
        "<p><strong>五、分期违约。</strong>任何一期未按时足额支付的，本协议即告终止：全部未付金额立即"
        "到期，债权人有权采取法律允许的一切方式追收。</p>",
    },
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.ref(f"{MODULE}.collection_letter_type_dunning_final").needs_legal = True
    env.ref(f"{MODULE}.collection_letter_type_lawyer").write(
        {
            "audience": "firm",
            "mail_template_id": env.ref(f"{MODULE}.mail_template_collection_letter_firm").id,
        }
    )
    for code, (former, name, days) in TYPES.items():
        letter_type = env.ref(f"{MODULE}.collection_letter_type_{code}", raise_if_not_found=False)
        if not letter_type:
            continue
        if days:
            letter_type.deadline_days = days
        if former != name and letter_type.with_context(lang="en_US").name == former:
            replace(letter_type, "name", name)
    # Runs sent it on the paper of the company: that is what this one is.
    env.cr.execute(
        SQL(
            "UPDATE collection_stage SET letter_type_id = %s WHERE letter_type_id = %s",
            env.ref(f"{MODULE}.collection_letter_type_before_action").id,
            env.ref(f"{MODULE}.collection_letter_type_lawyer").id,
        )
    )
    for name, former, present in OPTIONS:
        option = env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
        if option and option.with_context(lang="en_US").name == former:
            replace(option, "name", present)
    renew_mail(env)
    renewed = renew_texts(env)
    keep_approvals(env, renewed)
    keep_agreements(env)


def renew_mail(env):
    """The mail around a letter: without foreign advertising; its text where nobody edited it."""
    template = env.ref(f"{MODULE}.mail_template_collection_letter", raise_if_not_found=False)
    if not template:
        return
    if template.email_layout_xmlid == "mail.mail_notification_light":
        template.email_layout_xmlid = f"{MODULE}.mail_layout_customer"
    if FORMER_MAIL in (template.with_context(lang="en_US").body_html or ""):
        with open(file_path(f"{MODULE}/{MAILS}"), "rb") as file:
            root = etree.parse(file).getroot()
        field = root.find(
            ".//record[@id='mail_template_collection_letter']/field[@name='body_html']"
        )
        body = "".join(etree.tostring(one, encoding="unicode") for one in field)
        replace(template, "body_html", body)


def keep_agreements(env):
    """Agreements keep the clauses that were printed for them; those active have time for the signed copy."""
    states = ("requested", "active", "kept", "broken")
    for agreement in env["collection.agreement"].search([("state", "in", states)]):
        lang = agreement.partner_id.lang or "en_US"
        values = {"lang": lang, **FORMER_CLAUSES["zh_CN" if lang.startswith("zh") else "en_US"]}
        values["opening"] = values["opening"] % agreement.with_context(
            lang=lang
        ).currency_id.format(agreement.amount_total)
        if agreement.state == "active":
            values["date_active"] = agreement.company_id._credit_today()
        agreement._system_write(values)


def keep_approvals(env, renewed):
    """An approval given before counts in every language, for the texts that are still the same."""
    env.cr.execute(
        SQL(
            "SELECT id, approved_by_id, approved_at FROM collection_letter_text"
            " WHERE approved_by_id IS NOT NULL"
        )
    )
    approvals = env["collection.letter.approval"]
    for text_id, user_id, date in env.cr.fetchall():
        text = env["collection.letter.text"].browse(text_id)
        if text in renewed:
            continue
        approvals._system_create(
            [
                {
                    "text_id": text_id,
                    "lang_id": language.id,
                    "fingerprint": text._get_fingerprint(language.code),
                    "approved_by_id": user_id,
                    "approved_at": date,
                }
                for language in env["res.lang"].search([])
            ]
        )


def renew_texts(env):
    """Return the texts that came in their new version."""
    renewed = env["collection.letter.text"]
    with open(file_path(f"{MODULE}/{TEXTS}"), "rb") as file:
        root = etree.parse(file).getroot()
    for node in root.iter("record"):
        text = env.ref(f"{MODULE}.{node.get('id')}", raise_if_not_found=False)
        if not text or text.writer_ids - env.user:
            continue
        for name in WORDING:
            field = node.find(f"field[@name='{name}']")
            if field.get("type") == "html":
                value = "".join(html.tostring(one, encoding="unicode") for one in field)
            else:
                value = field.text
            if text.with_context(lang="en_US")[name] != value:
                replace(text, name, value)
                renewed |= text
    return renewed


def replace(record, name, value):
    """Write a translated field in English, without the translations of what it was."""
    record.env.flush_all()
    record.env.cr.execute(
        SQL(
            "UPDATE %s SET %s = jsonb_build_object('en_US', %s::text) WHERE id = %s",
            SQL.identifier(record._table),
            SQL.identifier(name),
            value,
            record.id,
        )
    )
    record.invalidate_recordset([name])

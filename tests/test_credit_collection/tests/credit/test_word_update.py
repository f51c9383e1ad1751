from odoo import SUPERUSER_ID

from ..common import CreditCollectionCommon, migration


class TestWordUpdate(CreditCollectionCommon):
    """Databases from before 19.0.1.5.0, whose shipped texts have their former wording."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = migration("19.0.1.5.0", "post-words")
        cls.env["res.lang"]._activate_lang("zh_CN")

    def _update(self):
        self.env.flush_all()
        self.script.migrate(self.cr, "19.0.1.4.0")
        self.env.invalidate_all()

    def _shipped(self, name):
        return self.env.ref(f"credit_collection.{name}").with_user(SUPERUSER_ID)

    def test_former_wording_is_replaced_in_every_language(self):
        reason = self._shipped("collection_reason_book_difference")
        mail = self._shipped("mail_template_hold_parked")
        now = reason.with_context(lang="en_US").name, mail.with_context(lang="en_US").subject
        reason.with_context(lang="zh_CN").name = "旧文"
        reason.with_context(lang="en_US").name = "Former Words"
        mail.with_context(lang="en_US").subject = "Former Words"
        self._update()
        self.assertEqual(reason.with_context(lang="en_US").name, now[0])
        self.assertEqual(mail.with_context(lang="en_US").subject, now[1])
        # Until the translations are loaded, which follows.
        self.assertEqual(reason.with_context(lang="zh_CN").name, now[0])

    def test_edited_texts_stay(self):
        user = self.env.ref("base.user_admin")
        mail = self._shipped("mail_template_hold_parked")
        mail.with_user(user).with_context(lang="en_US").name = "Our Own Words"
        subject = mail.with_context(lang="en_US").subject + " ours"
        mail.with_user(user).with_context(lang="en_US").subject = subject
        self._update()
        self.assertEqual(mail.with_context(lang="en_US").name, "Our Own Words")
        self.assertEqual(mail.with_context(lang="en_US").subject, subject)

    def test_present_wording_stays_with_its_translations(self):
        names = ("collection_reason_book_difference", "credit_document_type_licence",
                 "collection_stage_dunning_1", "credit_grade_a")  # fmt: skip
        before = [self._shipped(name).with_context(lang="zh_CN").display_name for name in names]
        self._update()
        after = [self._shipped(name).with_context(lang="zh_CN").display_name for name in names]
        self.assertEqual(after, before)

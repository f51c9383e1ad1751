from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

# About a second each: more would outlast the time limit of a request.
PRINT_LIMIT = 50


class CollectionLetter(models.Model):
    """Letters on paper: one file for the printer."""

    _inherit = "collection.letter"

    def action_print(self):
        """One PDF of the letters chosen; those that wait for the printer are printed by it.

        What was sent or printed before comes as it went out. What nothing remains of is
        cancelled and left out.

        :raise UserError: too many at once, or nothing to print
        """
        letters = self._lock_for_user().sorted(
            lambda letter: (letter.partner_id.name or "", letter.id)
        )
        waiting = letters.filtered(lambda letter: letter.state == "ready")
        if len(waiting) > PRINT_LIMIT:
            raise UserError(
                self.env._("Print at most %s letters at once: choose fewer.", PRINT_LIMIT)
            )
        for letter in waiting:
            letter._system().write({"channel": "print", "sent_by_id": self.env.user.id})
            letter._deliver()
        papers = letters.attachment_id.sorted(
            lambda paper: letters.attachment_id.ids.index(paper.id)
        )
        if not papers:
            raise UserError(
                self.env._("Nothing to print: what these letters asked for is settled.")
            )
        paper = papers
        if len(papers) > 1:
            # sudo: a file of what the user may read, kept as the proof of what was printed
            paper = (
                self.env["ir.attachment"]
                .sudo()
                .create(
                    {
                        "name": self.env._(
                            "Letters %s.pdf",
                            fields.Date.to_string(letters[0].company_id._credit_today()),
                        ),
                        "raw": merge_pdf([one.raw for one in papers]),
                        "mimetype": "application/pdf",
                    }
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{paper.id}?download=true",
            "target": "download",
        }

    def action_preview(self):
        """The letter as it went out, or as it would go out now."""
        self.ensure_one()
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_collection_letter").report_action(self)

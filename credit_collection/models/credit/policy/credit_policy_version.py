import itertools
from collections import Counter
from dataclasses import dataclass

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

# Where no policy is in force: lowest score per grade (P5-04).
DEFAULT_SCORES = {"A": 90.0, "B": 80.0, "C": 60.0, "D": 0.0}

# Fields of policies whose facts are kept in memory.
CACHED = {"state", "root_id", "company_id", "scope", "segment", "limit_default"}

# Reasons and origins, not content; the order of parts decides nothing.
UNCOMPARED = {"change_note", "sequence", "template_key", *models.MAGIC_COLUMNS}


@dataclass(frozen=True)
class PolicyChange:
    """One thing that a new version or a template of a policy creates, changes, removes or leaves."""

    #: "create", "change", "remove" or "keep"
    action: str
    #: the subject, in words: "Grades: A", "Policy P1"
    subject: str
    #: label of the field, "" for the whole
    field: str = ""
    old: str = ""
    new: str = ""
    #: the kind created: a policy or one of its parts
    record: models.Model | None = None


class CreditPolicy(models.Model):
    """Approval and versions of policies (P1-06), and look-ups in the one in force."""

    _inherit = "credit.policy"

    replaced_names = fields.Char(
        "Replaces",
        compute="_compute_replaced_names",
        help="Active policies that are retired when management approves this one.",
    )

    # ---- The changes of a version, field by field
    compared_id = fields.Many2one(
        "credit.policy",
        "Compared Version",
        compute="_compute_compared_id",
        help="The active policy that this one replaces, or its previous version.",
    )
    change_count = fields.Integer("Changes", compute="_compute_changes")
    changes = fields.Html("Version Comparison", compute="_compute_changes", sanitize=False)

    @api.depends("state", "company_id", "scope", "segment")
    @api.depends_context("lang")
    def _compute_replaced_names(self):
        for policy in self:
            coming = policy._origin if policy.state in ("draft", "requested") else self.browse()
            policy.replaced_names = (
                ", ".join(coming._get_replaced().mapped("display_name")) if coming else False
            )

    # ------------------------------------------------------------------ approval

    def action_request(self):
        """Ask management to approve these drafts: from then on they are frozen.

        :raise UserError: grades are missing or their scores do not fit, or nobody could approve
        """
        return super().action_request()

    def _check_can_request(self):
        result = super()._check_can_request()
        if self.state != "draft":
            raise UserError(self.env._("%s is not a draft.", self.display_name))
        self._check_grades()
        return result

    def _get_input_checks(self):
        return [self._check_grades] if self.state == "draft" else []

    def _check_grades(self):
        faults = []
        lines = self.grade_line_ids.sorted("score_min", reverse=True)
        if not lines or lines[-1].score_min:
            faults.append(
                self.env._(
                    "Policy “%s” needs its grades, the last of them from score 0.",
                    self.display_name,
                )
            )
        best_first = lines.sorted(lambda line: (line.grade_id.sequence, line.grade_id.id))
        for better, worse in itertools.pairwise(best_first):
            if better.score_min <= worse.score_min:
                faults.append(
                    self.env._(
                        "Policy “%(policy)s”: grade %(better)s is better than %(worse)s and must start"
                        " at a higher score, not at %(score)s.",
                        policy=self.display_name,
                        better=better.grade_id.code,
                        worse=worse.grade_id.code,
                        score=f"{better.score_min:g}",
                    )
                )
        if faults:
            raise UserError("\n".join(faults))

    def _do_approve(self):
        # The former goes first: a unique index lets only one be in force.
        # sudo: approvers may not read the version before
        for policy in self.sudo():
            former = policy._get_replaced()
            former._system_write({"state": "retired", "date_to": policy._get_today()})
            former.flush_recordset(["state"])
        return super()._do_approve()

    def _after_approved(self):
        """Put the policy in force from now on."""
        for policy in self:
            policy._system_write(
                {
                    "date_from": policy._get_today(),
                    "approved_by_id": self.env.user.id,
                    "approved_at": fields.Datetime.now(),
                }
            )

    def _get_today(self):
        return (self.company_id or self.env.company)._credit_today()

    def _get_replaced(self):
        """Return policies in force that this one replaces: its former version, and its rival."""
        self.ensure_one()
        return self.search(
            [
                ("state", "=", "active"),
                ("id", "!=", self.id),
                "|",
                ("root_id", "=", self.root_id.id),
                "&",
                "&",
                ("company_id", "=", self.company_id.id),
                ("segment", "=", self.segment),
                "&",
                ("scope", "=", self.scope),
                ("scope", "!=", "customer"),
            ]
        )

    def action_new_version(self):
        """Copy a policy that is in force, retired or rejected as the draft of its next version.

        :return: action that opens the draft, or the one there is already
        """
        self.ensure_one()
        self.check_access("write")
        self.check_access("create")
        if self.state == "template":
            raise UserError(self.env._("%s is a template: load it instead.", self.display_name))
        versions = self.search([("root_id", "=", self.root_id.id)], order="version desc")
        opened = versions.filtered(lambda p: p.state in ("draft", "requested"))[:1]
        return (opened or self._do_new_version(self._get_next_version())).get_formview_action()

    def _get_next_version(self):
        """Return the number of the next version of this policy: rejected ones keep theirs, too."""
        self.ensure_one()
        # sudo: numbers are taken, whoever may read the version
        return max(self.sudo().search([("root_id", "=", self.root_id.id)]).mapped("version")) + 1

    def _do_new_version(self, version):
        """Create the draft of the next version, with the grades and rules of this one."""
        self.ensure_one()
        # sudo: a copy brings state and parts that only the system sets
        system = self.sudo()._system()
        new = system.copy({"root_id": self.root_id.id, "previous_id": self.id, "version": version})
        return new.with_env(self.env)

    def action_withdraw(self):
        """Take a request for approval back: the requester may go on writing the draft."""
        for policy in self:
            policy.check_access("write")
            if policy.state != "requested":
                raise UserError(self.env._("%s is not awaiting approval.", policy.display_name))
            # sudo: reviews of a request that was taken back would stand in the way of the next
            system = policy.sudo()._system()
            system.review_ids.unlink()
            system.write({"state": "draft", "requested_by_id": False, "requested_at": False})
        return True

    def action_open_versions(self):
        """Open all versions of this policy."""
        self.ensure_one()
        return self._open_records(
            "credit_policy_action", domain=[("root_id", "=", self.root_id.id)], context={}
        )

    # ------------------------------------------------------------------ the policy in force

    @api.model
    @tools.ormcache("company_id")
    def _in_force(self, company_id):
        """Return ids of the policies in force for a company: {"company": id, segment: id, root id: id}.

        A policy of the company goes before one of all companies; a branch has its root's.
        """
        found = {}
        company_id = self.env["res.company"]._credit_roots().get(company_id)
        # sudo: a policy binds users who may not read it
        policies = self.sudo().search(
            [("state", "=", "active"), ("company_id", "in", [False, company_id])]
        )
        for policy in policies.sorted(lambda p: bool(p.company_id)):
            found[policy.root_id.id] = policy.id
            if policy.scope == "company":
                found["company"] = policy.id
            elif policy.scope == "segment":
                found[policy.segment] = policy.id
        return found

    @api.model
    def _get_in_force(self, company, policy=None, segment=None):
        """Return the policy in force, as superuser: own choice, else segment, else company, else empty.

        :param policy: any version of the policy chosen for a customer
        """
        found = self._in_force(company.id)
        # sudo: a policy binds users who may not read it
        chosen = policy and found.get(policy.sudo().root_id.id)
        # sudo: a policy binds users who may not read it
        return self.sudo().browse(chosen or found.get(segment) or found.get("company") or [])

    @api.model
    @tools.ormcache("company_id")
    def _default_limits(self, company_id):
        """Return the limits that policies in force for a company grant by default, in its currency.

        :return: ({id of any version: id of the one in force}, {(policy id, grade id): limit},
            {policy id: limit}); only what is set, and 0.0 for grades without credit
        """
        found = self._in_force(company_id)
        # sudo: a policy binds users who may not read it
        policies = self.sudo().browse(set(found.values()))
        # sudo: as above
        versions = self.sudo().search([("root_id", "in", policies.root_id.ids)])
        grades = {
            (line.policy_id.id, line.grade_id.id): line.limit_default * line._grants_credit()
            for line in policies.grade_line_ids
            if line.limit_default > 0 or not line._grants_credit()
        }
        limits = {policy.id: policy.limit_default for policy in policies if policy.limit_default}
        return {version.id: found[version.root_id.id] for version in versions}, grades, limits

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(CACHED):
            self.env.registry.clear_cache()  # _in_force, _grade_facts, _default_limits
        return result

    # ------------------------------------------------------------------ grades

    def _grade_line(self, grade):
        """Return the `credit.policy.grade` of a grade; empty if the policy does not name it."""
        return self.grade_line_ids.filtered(lambda line: line.grade_id == grade)[:1]

    def _grade_for_score(self, score, breaches=0):
        """Return the grade that a score gives (P5-04); by 90 / 80 / 60 on an empty policy.

        :param breaches: late items within two years, which allow at best a certain grade (P4-33)
        """
        grade = self._grade_by_score(score)
        bounds = self.grade_line_ids.filtered(lambda line: 0 < line.breach_from <= breaches)
        best = bounds.sorted("breach_from")[-1:].grade_id
        ranks = self._grade_rank(best), self._grade_rank(grade)
        return best if None not in ranks and ranks[0] > ranks[1] else grade

    def _grade_by_score(self, score):
        for line in self.grade_line_ids.sorted("score_min", reverse=True):
            if score >= line.score_min:
                return line.grade_id
        if self:
            return self.env["credit.grade"]
        grades = self.env["credit.grade"].search([("code", "in", list(DEFAULT_SCORES))])
        reached = grades.filtered(lambda g: score >= DEFAULT_SCORES[g.code])
        return reached.sorted(lambda g: DEFAULT_SCORES[g.code], reverse=True)[:1]

    @tools.ormcache("self.id")
    def _grade_facts(self):
        """Return {grade id: (prepayment %, grace days, settlement mode, security needed)} of a policy.

        Kept in memory for the check of every order; a policy in force never changes.
        """
        # sudo: a policy binds users who may not read it
        return {
            line.grade_id.id: (
                line._cash_percent(),
                line.grace_days,
                line.settlement_mode,
                line.security_required,
            )
            for line in self.sudo().grade_line_ids
        }

    def _prepayment_percent(self, grade):
        """Return the share of an order in % that prepaying customers of a grade pay in advance (P1-05)."""
        facts = self._grade_facts() if self else {}
        if grade.id in facts:
            return facts[grade.id][0]
        return grade.prepayment_percent if grade else 100.0

    def _grace_days(self, grade):
        """Return days on top of those of the overdue rules, for customers of a grade."""
        facts = self._grade_facts() if self else {}
        return facts.get(grade.id, (0, 0, "", False))[1]

    def _risk_prepayment(self, risk):
        """Return the share of an order in % that a customer of a risk level pays in advance (P1-14)."""
        # sudo: a policy binds users who may not read it
        return self.sudo().risk_prepayment_percent if risk == "high" else 0.0

    def _is_part_prepaid(self, grade):
        """Return whether customers of a grade pay a part in advance even when they have a limit."""
        return self._settlement_mode(grade) == "part_prepaid"

    def _settlement_mode(self, grade):
        """Return the settlement of a grade, see `credit.policy.grade`; "" where none is set."""
        facts = self._grade_facts() if self else {}
        return facts.get(grade.id, (0, 0, "", False))[2]

    def _needs_security(self, grade):
        """Return whether customers of a grade get credit only against a security (P1-05, C)."""
        facts = self._grade_facts() if self else {}
        return facts.get(grade.id, (0, 0, "", False))[3]

    def _is_last_grade(self, grade):
        """Return whether the grade means no credit at all (P1-05, D): prepaid, as all grades below it.

        One that may buy on credit against a security is not the last.
        """
        if not grade:
            return False
        line = self._grade_line(grade)
        if line:
            below = self.grade_line_ids.filtered(lambda other: other.score_min <= line.score_min)
            return {(one.settlement_mode, one.security_required) for one in below} == {
                ("prepaid", False)
            }
        below = {id_: share for id_, place, share in grade._ladder() if place >= grade.sequence}
        return grade.id in below and min(below.values()) >= 100

    # ---- The changes of a version, field by field: management approves these, not a sea of figures (P1-06).

    @api.depends("state", "previous_id", "company_id", "scope", "segment")
    def _compute_compared_id(self):
        for policy in self:
            stored = policy._origin
            coming = stored and policy.state in ("draft", "requested")
            replaced = stored._get_replaced() if coming else stored.browse()
            same = replaced.filtered(lambda other, p=stored: other.root_id == p.root_id)
            policy.compared_id = (same or replaced)[:1] or policy.previous_id

    @api.depends("compared_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        """Compute from saved values: when a policy is opened, not at every key pressed."""
        for policy in self:
            changes = policy._origin._get_changes() if policy._origin else []
            policy.change_count = len(changes)
            policy.changes = (
                self.env["ir.qweb"]._render(
                    "credit_collection.credit_policy_changes", {"changes": changes}
                )
                if changes
                else False
            )

    def _get_changes(self):
        """Return the changes of this version to `compared_id`: list of `PolicyChange`."""
        self.ensure_one()
        return self._compare(self.compared_id, self) if self.compared_id else []

    @api.model
    def _compare(self, old, new):
        """Return the changes from policy `old` to `new`: list of `PolicyChange`, "remove" included.

        :param old: `credit.policy`, empty = all of `new` is created
        :param new: `credit.policy`, stored or in memory
        """
        # sudo: the parts of policies that the user may read
        old, new = old.sudo(), new.sudo()
        subject = self.env._("Policy %s", new.code or new.name)
        if old:
            changes = self._compare_record(subject, old, new)
        else:
            changes = [PolicyChange("create", subject, record=new)]
        for name in sorted(self._get_content_fields()):
            field = self._fields[name]
            if field.type != "one2many":
                continue
            kind = field._description_string(self.env)
            former, coming = self._by_key(old[name]), self._by_key(new[name])
            for key in [*former, *(key for key in coming if key not in former)]:
                title = f"{kind}: {(coming.get(key) or former[key]).display_name}"
                if key not in coming:
                    changes.append(PolicyChange("remove", title))
                elif key not in former:
                    changes.append(PolicyChange("create", title, record=coming[key]))
                else:
                    changes += self._compare_record(title, former[key], coming[key])
        return changes

    @api.model
    def _by_key(self, records):
        """Return {key of a part in every version: the part}."""
        seen, found = Counter(), {}
        for record in records:
            key = ("template_key" in record._fields and record.template_key) or record.display_name
            seen[key] += 1
            found[key, seen[key]] = record
        return found

    @api.model
    def _compare_record(self, subject, old, new):
        if new._name == self._name:
            names = self._get_content_fields()
        else:
            names = new._fields.keys() - {"policy_id"}
        compared = [
            field
            for field in map(new._fields.get, names - UNCOMPARED)
            if field.store and not field.related and field.type not in ("one2many", "binary")
        ]
        changes = []
        for field in sorted(compared, key=lambda field: field._sequence):
            before, after = (self._show_field(record, field) for record in (old, new))
            if before != after:
                label = field._description_string(self.env)
                changes.append(PolicyChange("change", subject, label, before, after))
        return changes

    @api.model
    def _show_field(self, record, field):
        """Return a value in words, as people compare it."""
        value = record[field.name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "html":
            return html2plaintext(value or "").strip()
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type in ("float", "monetary", "integer"):
            return f"{value:,.12g}"
        return str(value or "")

import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .closed_fields import own_default, without_defaults

# A client can send any context key, but never this very object.
_SYSTEM = object()

_KEY = "credit_collection_system"

# Fields that Odoo's own chatter, activities and followers write on a record.
_CHATTER_PREFIXES = ("message_", "activity_", "website_message_", "rating_")


class CreditProtectedMixin(models.AbstractModel):
    """Records that the system writes and people only read, save for a few open fields.

    `create`, `write` and `unlink` are refused, to the superuser as well, unless the
    call comes from code of this add-on through `_system_write` and its like. `_get_open_fields` names
    the fields that users with write access may fill in by hand, and when; `_get_create_fields`
    does so for new records, where people create them; `_may_delete` lets them delete.
    """

    _name = "credit.protected.mixin"
    _description = "Record Written by the System"

    # Types of activities that ask for a step of the document: done when it is taken or withdrawn.
    _draft_activities = ()

    @api.model
    def _get_backend_root_menu_ids(self):
        """Open links in mails in our app, for users who have it; Odoo finds one for the others."""
        return [
            *super()._get_backend_root_menu_ids(),
            self.env.ref("credit_collection.menu_root").id,
        ]

    def _system(self):
        """These records with the right to be written by the add-on's own code.

        The right travels with their environment, so only for a flow that needs it throughout;
        else `_system_write`, `_system_create`, `_system_unlink`.
        """
        return self.with_context(**{_KEY: _SYSTEM})

    def _system_write(self, vals):
        """Write these records as the system, for this call alone; the right was checked before."""
        # sudo: closed fields are the system's, whatever the caller may write
        return not self or self.sudo()._system().write(vals)

    @api.model
    def _system_create(self, vals_list):
        """Create records as the system, for this call alone; the right was checked before.

        :return: the new records, with the rights of the caller
        """
        # sudo: these records are the system's, whatever the caller may create
        return self.sudo()._system().create(vals_list).with_env(self.env)

    def _system_unlink(self):
        """Delete these records as the system, for this call alone; the right was checked before."""
        # sudo: these records are the system's, whatever the caller may delete
        return not self or self.sudo()._system().unlink()

    @api.model
    def _next_number(self, company):
        """Return the next number of a document of this model in a company; branches share their root's.

        Documents that people register one by one have sequences without gaps: a refused one gives
        its number back with the transaction. What jobs and confirmations of orders make (cases,
        letters, sheets, holds, handovers) does not wait for its neighbor, and may leave gaps.
        """
        sequence = self._get_number_sequence(company)
        return sequence.next_by_id() if sequence else "/"

    @api.model
    def _get_number_sequence(self, company):
        # sudo: taking a number takes no right on sequences
        return (
            self.env["ir.sequence"]
            .sudo()
            # The year of a number is today's, whatever a client asks for.
            .with_context(ir_sequence_date=False, ir_sequence_date_range=False)
            .search(
                [
                    ("code", "=", self._name),
                    ("company_id", "in", [company._credit_root().id, False]),
                ],
                order="company_id",
                limit=1,
            )
        )

    def _return_numbers(self):
        """Give numbers of deleted drafts back, the last first, where the sequence leaves no gaps.

        :raise UserError: later numbers were given
        """
        if "name" not in self._fields or "company_id" not in self._fields:
            return
        for company, records in self.grouped("company_id").items():
            sequence = self._get_number_sequence(company)
            if sequence.implementation != "no_gap" or sequence.use_date_range:
                continue
            for record in records.filtered(lambda r: r.name != "/").sorted("id", reverse=True):
                last = sequence.number_next - sequence.number_increment
                # By its digits: a year in the prefix is that of the record.
                if int((re.findall(r"\d+", record.name) or [0])[-1]) != last:
                    raise UserError(
                        self.env._(
                            "Later numbers than %s were given: cancel it instead of deleting it, so"
                            " that no number is missing.",
                            record.name,
                        )
                    )
                sequence.number_next = last

    @api.model
    def _check_all(self, *checks):
        """Run checks that raise, and tell all their faults together.

        :raise UserError: a line per fault; what a check raised where it is alone
        """
        faults = {}
        for check in checks:
            try:
                check()
            except AccessError:
                raise
            except UserError as error:
                faults.setdefault(str(error), error)
        if len(faults) > 1:
            raise UserError("\n".join(faults))
        for error in faults.values():
            raise error

    def _is_system(self):
        return self.env.context.get(_KEY) is _SYSTEM

    def _check_access(self, operation):
        """Let auditors read only, whatever other rights their groups bring along."""
        result = super()._check_access(operation)
        if operation == "read" or not self.env.user._credit_only_reads():
            return result
        return self, self.env["mail.thread"]._credit_make_works_error

    def _notify_users(self, users, body):
        """Notify people about this document, by mail or in the inbox as they prefer."""
        self.ensure_one()
        self.message_notify(partner_ids=users.partner_id.ids, subject=self.display_name, body=body)

    def _get_open_fields(self):
        """Return names of the fields that a user may write now. Extend for a model."""
        return set()

    @api.model
    def _get_create_fields(self):
        """Return names of the fields that users with create access may fill in on a new record.

        None: only the system creates. Extend for a model that people create.
        """
        return None

    def _may_delete(self):
        """Return whether a user with delete access may delete this record. Extend for a model."""
        return False

    @api.model
    def _check_protected_create(self, vals_list):
        """Return values of new records that people create: closed fields start with their own default.

        Neither values, nor a `default_` key of the client's context, nor a default that a
        user keeps reaches a closed field.
        """
        opened = self._get_create_fields()
        if opened is None:
            raise AccessError(
                self.env._(
                    "%s is maintained by the system and cannot be edited.", self._description
                )
            )
        stored = {
            name
            for name, field in self._fields.items()
            if field.store
            and name not in models.MAGIC_COLUMNS
            and name not in opened
            and not name.startswith(_CHATTER_PREFIXES)
        }
        # Computed fields have no value of their own to start with.
        derived = {name for name in stored if self._is_derived(name)}
        closed = stored - derived
        result = []
        for vals in vals_list:
            # A form sends along computed values: these are computed anew, nothing to refuse.
            typed = {
                name
                for name in vals.keys() & stored
                if name in closed
                and vals[name] != own_default(self, name)
                or self._fields[name].related
                and vals[name]
            }
            if typed:
                raise AccessError(
                    self.env._(
                        "%(fields)s of “%(model)s” cannot be set manually.",
                        fields=", ".join(
                            sorted(self._fields[n]._description_string(self.env) for n in typed)
                        ),
                        model=self._description,
                    )
                )
            vals = {name: value for name, value in vals.items() if name not in derived}
            result.append({**vals, **{name: own_default(self, name) for name in closed}})
        return result

    @api.model
    def _is_derived(self, name):
        field = self._fields[name]
        return bool(field.related or (field.compute and not field.inverse))

    def _add_missing_default_values(self, values):
        """Limit defaults of a client's context, or kept by a user, to fields the user may write.

        Records of the system on behalf of a user start with the defaults of the fields alone.
        """
        result = super()._add_missing_default_values(values)
        opened = (not self._is_system() and self._get_create_fields()) or set()
        closed = {
            name
            for name in result.keys() - opened - set(models.MAGIC_COLUMNS)
            if not self._fields[name].company_dependent and not name.startswith(_CHATTER_PREFIXES)
        }
        return without_defaults(self, result, values, closed)

    def _check_protected_write(self, vals):
        if self._is_system():
            return
        for record in self:
            closed = {
                name
                for name in vals
                if not name.startswith(_CHATTER_PREFIXES) and name in self._fields
            } - (opened := record._get_open_fields())
            if closed:
                labels = ", ".join(
                    sorted(self._fields[name]._description_string(self.env) for name in closed)
                )
                raise AccessError(
                    self.env._(
                        "%(fields)s of %(record)s cannot be changed manually.",
                        record=record.display_name,
                        fields=labels,
                    )
                    if opened
                    else self.env._(
                        "%(record)s has been decided: %(fields)s can no longer be changed.",
                        record=record.display_name,
                        fields=labels,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["mail.thread"]._credit_check_works()
        if not self._is_system():
            vals_list = self._check_protected_create(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self.env["mail.thread"]._credit_check_works()
        self._check_protected_write(vals)
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        # The public entry point for translations goes past `write`.
        self._check_protected_write({field_name: translations})
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_system(self):
        self.env["mail.thread"]._credit_check_works()
        if not self._is_system() and not all(record._may_delete() for record in self):
            raise AccessError(
                self.env._(
                    "%s is part of the audit trail and cannot be deleted.", self._description
                )
            )
        self._return_numbers()

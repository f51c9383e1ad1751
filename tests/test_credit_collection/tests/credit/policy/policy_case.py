from ...common import CreditCollectionCommon


class PolicyCase(CreditCollectionCommon):
    """Policies brought into force as in life: the administrator asks, the general manager approves."""

    @classmethod
    def _policies(cls, user=None):
        return cls.env["credit.policy"].with_user(user or cls.administrator)

    @classmethod
    def _template(cls, code="P1"):
        """A template that ships."""
        return cls.env.ref(f"credit_collection.credit_policy_template_{code.lower()}")

    @classmethod
    def _load(cls, code="P1", company=None, segment=False, restore=False, user=None):
        """A template, or its code, loaded by the wizard, as the administrator."""
        wizard = (
            cls.env["credit.policy.load"]
            .with_user(user or cls.administrator)
            .create(
                {
                    "template_id": (cls._template(code) if isinstance(code, str) else code).id,
                    "company_id": (cls.company if company is None else company).id,
                    "segment": segment,
                    "restore": restore,
                }
            )
        )
        action = wizard.action_load()
        return cls._policies(user).browse(action["res_id"])

    @classmethod
    def _approve_policy(cls, policy):
        policy.with_user(cls.administrator).action_request()
        policy.with_user(cls.general_manager).validate_tier()
        cls.env.invalidate_all()
        return policy

    @classmethod
    def _in_force(cls, code="P1", **values):
        return cls._approve_policy(cls._load(code, **values))

    def _of_grade(self, policy, code):
        return policy._grade_line(self._grade(code))

    def _used(self, partner, company=None):
        return partner._credit_policy(company or self.company)

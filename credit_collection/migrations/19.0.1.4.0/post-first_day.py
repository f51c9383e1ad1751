"""The validity of releases is the policy's; a rejected order is shown as rejected."""


def migrate(cr, version):
    # Policies go on as their company did; those of all companies where these agree.
    cr.execute(
        """
        UPDATE credit_policy policy SET credit_release_days = company.days
          FROM (SELECT id AS company_id, credit_release_days AS days FROM res_company
                 UNION ALL
                SELECT NULL, MIN(credit_release_days) FROM res_company WHERE parent_id IS NULL
                HAVING MIN(credit_release_days) = MAX(credit_release_days)) company
         WHERE company.company_id IS NOT DISTINCT FROM policy.company_id
           AND company.days IS NOT NULL AND policy.state <> 'template'
        """
    )
    cr.execute(
        """
        UPDATE sale_order SET credit_state = 'rejected' FROM credit_hold hold
         WHERE hold.id = sale_order.credit_hold_id AND hold.state = 'rejected'
        """
    )

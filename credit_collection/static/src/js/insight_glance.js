import { onPatched, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { InsightOverview } from "@credit_collection/js/insight_overview";

/** One customer on one page: blocks as on the overview, the next step above them, the timeline below. */
export class InsightGlance extends InsightOverview {
    static template = "credit_collection.InsightGlance";
    // Both as in the action's record: what a reload reads of the address goes by them.
    static path = "credit-glance";
    static displayName = _t("Customer at a Glance");

    setup() {
        const { context, params } = this.props.action;
        this.partnerId = this.props.resId || context.glance_partner_id;
        // The company of the document that the page was opened from; after a reload, of the address.
        const company = context.glance_company_id || params?.glance_company_id;
        this.elsewhere =
            company !== user.activeCompany.id && user.allowedCompanies.some(({ id }) => id === company);
        const others = user.context.allowed_company_ids.filter((id) => id !== company);
        this.kwargs = this.elsewhere
            ? { context: { ...user.context, allowed_company_ids: [company, ...others] } }
            : {};
        this.props.updateActionState({
            resId: this.partnerId || false,
            ...(this.elsewhere ? { glance_company_id: company } : {}),
        });
        this.timeline = useRef("timeline");
        super.setup();
        onPatched(() => {
            if (this.added !== undefined) {
                this.timeline.el?.querySelectorAll("button[data-row]")[this.added]?.focus();
                this.added = undefined;
            }
        });
        this.env.config.setDisplayName(InsightGlance.displayName.toString());
    }

    ask(method, ...args) {
        return this.orm.call("res.partner", method, [[this.partnerId], ...args], this.kwargs);
    }

    async load() {
        if (this.partnerId) {
            this.state.page = await this.ask("get_credit_glance");
        }
    }

    /** Add the next page of the timeline; who came by keyboard goes on at its first row. */
    async more() {
        const { timeline } = this.state.page;
        const { rows, more } = await this.ask("get_credit_timeline", timeline.more);
        this.added = timeline.rows.length;
        timeline.rows.push(...rows);
        timeline.more = more;
    }

    async print() {
        await this.action.doAction(await this.ask("action_print_credit_file"));
    }

    /** Open the rows behind a number, or the document of a row. */
    async open(row) {
        const { model, id, method, args } = row.action;
        if (method) {
            const action = await this.orm.call(model, method, [[id], ...args], this.kwargs);
            return this.action.doAction(action);
        }
        if (model) {
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
            });
        }
        return super.open(row);
    }
}

registry.category("actions").add("insight_glance", InsightGlance);

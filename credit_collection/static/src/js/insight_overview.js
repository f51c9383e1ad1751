import { Component, onMounted, onPatched, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const TONES = { danger: "text-danger", warning: "text-warning-emphasis", success: "text-success" };

/** Bars of the rows of a chart. The rows stand below as buttons: those are for keyboards and readers. */
export class InsightOverviewChart extends Component {
    static template = "credit_collection.InsightOverviewChart";
    static props = { chart: Object, open: Function };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        onMounted(() => this.draw());
        // The page was read again.
        onPatched(() => {
            this.drawn.destroy();
            this.draw();
        });
        onWillUnmount(() => this.drawn?.destroy());
    }

    draw() {
        const { chart, open } = this.props;
        const scheme = cookie.get("color_scheme");
        const words = scheme === "dark" ? "#E4E4E4" : "#374151";
        const lines = scheme === "dark" ? "#4B5563" : "#E5E7EB";
        this.drawn = new Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: chart.rows.map((row) => row.label),
                datasets: [
                    {
                        data: chart.rows.map((row) => row.amount),
                        backgroundColor: getColor(0, scheme),
                        maxBarThickness: 48,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: { label: ({ dataIndex }) => chart.rows[dataIndex].value },
                    },
                },
                scales: {
                    x: { ticks: { color: words }, grid: { display: false } },
                    y: { ticks: { color: words, precision: 0 }, grid: { color: lines } },
                },
                onHover: (ev, [bar]) => {
                    ev.native.target.style.cursor = bar ? "pointer" : "default";
                },
                onClick: (ev, [bar]) => bar && open(chart.rows[bar.index]),
            },
        });
    }
}

/** The first page of the app: what the server says of the roles of the user; each number opens its rows. */
export class InsightOverview extends Component {
    static template = "credit_collection.InsightOverview";
    static components = { Layout, InsightOverviewChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ page: {} });
        this.open = this.open.bind(this);
        onWillStart(() => this.load());
        this.env.config.setDisplayName(_t("Overview"));
    }

    async load() {
        this.state.page = await this.orm.call("insight.overview", "get_overview", []);
    }

    tone(row) {
        return TONES[row.tone] || "";
    }

    /** Open the rows behind a number. */
    async open({ action: { xmlid, domain, context }, label }) {
        if (!domain) {
            return this.action.doAction(xmlid);
        }
        const action = await this.action.loadAction(xmlid);
        return this.action.doAction({ ...action, name: label, domain, context });
    }
}

registry.category("actions").add("insight_overview", InsightOverview);

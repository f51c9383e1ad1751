import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ProgressBarField, progressBarField } from "@web/views/fields/progress_bar/progress_bar_field";

const SECONDS = 3;

/** The bar of a collection run: reads the run again every few seconds while it is at work. */
export class CollectionRunProgress extends ProgressBarField {
    setup() {
        super.setup();
        let timer;
        onMounted(() => {
            timer = setInterval(() => this.refresh(), SECONDS * 1000);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const { record } = this.props;
        if (record.data.state === "running" && !this.loading && !document.hidden) {
            this.loading = true;
            await record.load().finally(() => (this.loading = false));
        }
    }
}

registry.category("fields").add("collection_run_progress", {
    ...progressBarField,
    component: CollectionRunProgress,
});

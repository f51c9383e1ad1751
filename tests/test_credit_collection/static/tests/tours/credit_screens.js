import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import comboTours from "@sale/js/tours/combo_configurator_tour_utils";
import saleTours from "@sale/js/tours/tour_utils";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What a person would see when a screen breaks.
function complaint() {
    const element = document.querySelector(".o_error_dialog, .o_notification:has(.bg-danger)");
    return element && element.textContent;
}

async function walk(name) {
    const pages = document.querySelectorAll(".o_form_view .o_notebook_headers .nav-link");
    for (const page of pages) {
        page.click();
        await pause(60);
    }
    const text = complaint();
    if (text) {
        throw new Error(`${name}: ${text}`);
    }
}

// Open actions one after the other, with every page of their forms. Called by the test.
window.creditOpenScreens = async (screens) => {
    const actionService = odoo.__WOWL_DEBUG__.root.env.services.action;
    for (const { name, action, options } of screens) {
        try {
            await actionService.doAction(action, { clearBreadcrumbs: true, ...options });
            await pause(150);
            await walk(name);
            document.querySelectorAll(".modal .btn-close").forEach((button) => button.click());
            await pause(50);
        } catch (error) {
            console.error(`Screen ${name} does not open: ${error.message} ${error.data?.debug || ""}`);
            return;
        }
    }
    console.log("test successful");
};

const tours = registry.category("web_tour.tours");

tours.add("credit_quotation_is_saved", {
    steps: () => [
        ...saleTours.selectCustomer("Screen Customer"),
        ...saleTours.addProduct("Screen Product"),
        {
            content: "Odoo has priced the line",
            trigger: '.o_data_row:contains("10.00")',
        },
        ...stepUtils.saveForm(),
        {
            content: "Change the saved line",
            trigger: '.o_data_row td[name="product_uom_qty"]',
            run: "click",
        },
        {
            trigger: '.o_selected_row [name="product_uom_qty"] input',
            run: "edit 3 && press Tab",
        },
        {
            content: "Odoo has priced the change",
            trigger: '.o_data_row:contains("30.00")',
        },
        ...stepUtils.saveForm(),
    ],
});

tours.add("credit_combo_is_saved", {
    steps: () => [
        ...saleTours.selectCustomer("Screen Customer"),
        ...saleTours.addProduct("Screen Combo"),
        comboTours.selectComboItem("Screen Second"),
        ...comboTours.saveConfigurator(),
        saleTours.checkSOLDescriptionContains("Screen Second"),
        ...stepUtils.saveForm(),
    ],
});

import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;

// The controller carries out what the meeting decided about a customer.
tours.add("insight_meeting_controller", {
    steps: () => [
        {
            content: "List every customer of the closed month",
            trigger: '.o_statusbar_buttons button[name="action_load"]',
            run: "click",
        },
        {
            content: "The bad payer is proposed",
            trigger: '.o_field_widget[name="line_ids"] .o_data_row.text-danger:contains("Bad")',
        },
        {
            content: "Decide about this customer",
            trigger:
                '.o_field_widget[name="line_ids"] .o_data_row:contains("Bad") button[name="action_decide"]',
            run: "click",
        },
        {
            content: "What was decided",
            trigger: '.modal .o_field_widget[name="name"] input, .modal .o_field_widget[name="name"] textarea',
            run: "edit Reduce the limit to 3,000",
        },
        {
            trigger: ".modal .o_form_button_save, .modal footer .btn-primary",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "The decisions",
            trigger: '.o_notebook a[name="decisions"]',
            run: "click",
        },
        {
            content: "Open the application in one click",
            trigger:
                '.o_field_widget[name="decision_ids"] .o_data_row:contains("Reduce") button[name="action_open"]',
            run: "click",
        },
        {
            content: "The application names the meeting",
            trigger: '.o_form_view:has(.o_field_widget[name="current_control"])',
        },
        {
            content: "The new limit",
            trigger: '.o_field_widget[name="limit"] input',
            run: "edit 3000 && press Tab",
        },
        {
            content: "Apply",
            trigger: '.o_statusbar_buttons button[name="action_request"]',
            run: "click",
        },
        {
            content: "It is below the limit of today",
            trigger: '.modal:contains("below the limit of today") .btn-primary',
            run: "click",
        },
        { trigger: current("Requested") },
    ],
});

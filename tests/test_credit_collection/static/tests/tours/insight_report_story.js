import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;
const section = '.o_field_widget[name="section_ids"] .o_data_row:contains("Totals")';

// The finance manager drafts the report of the month, comments a section and asks for approval.
tours.add("insight_report_draft", {
    steps: () => [
        {
            content: "Draft the report",
            trigger: '.o_list_view button[name="action_draft"]',
            run: "click",
        },
        { trigger: current("Draft") },
        {
            content: "A section with its figures",
            trigger: `${section} td[name="kind"]`,
            run: "click",
        },
        {
            content: "What they show",
            trigger: '.modal:has(table:contains("1,100.00")) .o_field_widget[name="comment"] textarea',
            run: "edit One large customer pays late",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: `${section}:contains("pays late")`,
        },
        {
            trigger: '.o_statusbar_buttons button[name="action_request"]',
            run: "click",
        },
        { trigger: current("Approval Requested") },
        {
            content: "Who asks does not approve",
            trigger: '.o_form_view:not(:has(button[name="action_approve"]))',
        },
    ],
});

tours.add("insight_report_approve", {
    steps: () => [
        {
            trigger: '.o_statusbar_buttons button[name="action_approve"]',
            run: "click",
        },
        {
            content: "The last approval",
            trigger: '.modal:contains("Yours is the last approval.") footer .btn-primary',
            run: "click",
        },
        { trigger: current("Approved") },
    ],
});

tours.add("insight_report_send", {
    steps: () => [
        {
            trigger: '.o_statusbar_buttons button[name="action_send"]',
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "It says to whom",
            trigger: '.o_field_widget[name="sent_to"]:contains("Board")',
        },
    ],
});

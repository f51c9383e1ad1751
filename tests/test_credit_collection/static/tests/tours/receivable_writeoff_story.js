import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const nextYear = String(new Date().getFullYear() + 1);
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;

// The salesperson applies from the invoice; the missing paper is promised for a day.
tours.add("receivable_writeoff_apply", {
    steps: () => [
        {
            content: "The invoice",
            trigger: '.o_data_row:contains("Hopeless & Co") .o_list_record_selector input',
            run: "click",
        },
        {
            trigger: '.o_cp_action_menus .dropdown-toggle:contains("Actions")',
            run: "click",
        },
        {
            content: "Apply for a write-off",
            trigger: '.o-dropdown--menu .dropdown-item:contains("Request Write-Off")',
            run: "click",
        },
        {
            content: "Why",
            trigger: '.modal .o_field_widget[name="reason_id"] input',
            run: "edit Long Overdue",
        },
        {
            trigger: '.o-autocomplete--dropdown-item a:contains("Long Overdue")',
            run: "click",
        },
        {
            content: "It says which papers are needed",
            trigger: '.modal .o_field_widget[name="document_text"]:contains("Collection record")',
        },
        {
            content: "In words",
            trigger: '.modal .o_field_widget[name="explanation"] textarea',
            run: "edit Nobody answers, nothing to seize",
        },
        {
            trigger: '.modal button[name="action_apply"]',
            run: "click",
        },
        { trigger: current("Draft") },
        {
            content: "The evidence",
            trigger: '.o_notebook .nav-link:contains("Evidence")',
            run: "click",
        },
        {
            trigger: '.o_field_widget[name="evidence_ids"] .o_data_row td[name="date_promised"]',
            run: "click",
        },
        {
            content: "Promised for a day",
            trigger: '.o_field_widget[name="evidence_ids"] .o_data_row td[name="date_promised"] input',
            run: `edit 12/31/${nextYear}`,
        },
        {
            content: "Leave the row",
            trigger: ".o_form_view .oe_title",
            run: "click",
        },
        {
            trigger: '.o_field_widget[name="evidence_ids"] .o_data_row td[name="date_promised"]:contains("' + nextYear + '")',
        },
        {
            content: "Ask",
            trigger: '.o_statusbar_buttons button[name="action_request"]',
            run: "click",
        },
        { trigger: current("Requested") },
        {
            content: "Who asks does not approve",
            trigger: '.o_form_view:not(:has(button[name="action_approve"]))',
        },
    ],
});

const decide = (after) => [
    {
        content: "It waits in the list",
        trigger: '.o_list_view .o_data_row:contains("Hopeless & Co") td[name="name"]',
        run: "click",
    },
    {
        content: "The missing paper is named",
        trigger: '.alert:contains("Missing evidence"):contains("promised for")',
    },
    {
        content: "Approve",
        trigger: '.o_statusbar_buttons button[name="action_approve"]',
        run: "click",
    },
    {
        content: "The dialog says what is decided and who is next",
        trigger: '.modal button[name="add_comment"]:contains("Approve")',
        run: "click",
    },
    { content: "It was approved", trigger: "body:not(:has(.modal))" },
    { trigger: '.o_form_view:not(:has(button[name="action_approve"]))' },
    { trigger: current(after) },
];

tours.add("receivable_writeoff_review", { steps: () => decide("Requested") });
tours.add("receivable_writeoff_decide", { steps: () => decide("Written Off") });

// Later a payment comes in: the accountant books it as recovery.
tours.add("receivable_writeoff_recover", {
    steps: () => [
        {
            content: "The register: written off, still claimed",
            trigger: '.o_list_view .o_data_row:contains("Hopeless & Co") td[name="move_name"]',
            run: "click",
        },
        {
            trigger: '.o_statusbar_buttons button[name="action_recover"]',
            run: "click",
        },
        {
            content: "What the payment can pay",
            trigger: '.modal .o_field_widget[name="line_ids"] td[name="amount"]:contains("400.00")',
        },
        {
            trigger: '.modal button[name="action_book"]',
            run: "click",
        },
        {
            content: "The recovery is booked",
            trigger: '.o_list_view .o_data_row:contains("Hopeless & Co"):contains("400.00")',
        },
    ],
});

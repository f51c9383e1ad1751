import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;
const note = '.o_list_view .o_data_row:contains("Late & Co") td[name="name"]';
const line = '.o_field_widget[name="line_ids"] .o_data_row:contains("Interest")';

// A collector proposes a note, waives a part beyond the authority and asks for approval.
tours.add("receivable_interest_propose", {
    steps: () => [
        {
            content: "The dialog: until when",
            trigger: '.modal .o_field_widget[name="date_to"]',
        },
        {
            trigger: '.modal button[name="action_propose"]',
            run: "click",
        },
        { trigger: current("Draft") },
        {
            content: "The calculation, line by line",
            trigger: `${line} td[name="calculation"]:contains("4.65%")`,
        },
        {
            content: "Waive a part",
            trigger: `${line} td[name="amount_waived"]`,
            run: "click",
        },
        {
            trigger: `${line} td[name="amount_waived"] input`,
            run: "edit 50",
        },
        {
            trigger: `${line} td[name="waive_reason"] input`,
            run: "edit Customer insists",
        },
        {
            content: "Leave the row",
            trigger: ".o_form_view .oe_title",
            run: "click",
        },
        {
            content: "It is beyond the authority, and says so",
            trigger: '.alert:contains("Beyond the collector\'s authority")',
        },
        {
            trigger: '.o_statusbar_buttons button[name="action_request"]:contains("Request Approval")',
            run: "click",
        },
        { trigger: current("Approval Requested") },
        {
            content: "Who asks does not approve",
            trigger: '.o_form_view:not(:has(button[name="action_approve"]))',
        },
    ],
});

// Another person approves: once as collection manager, once as finance manager.
const approve = (after) => [
    {
        trigger: note,
        run: "click",
    },
    {
        content: "What is waived, and why",
        trigger: `${line} td[name="waive_reason"]:contains("Customer insists")`,
    },
    {
        trigger: '.o_statusbar_buttons button[name="action_approve"]',
        run: "click",
    },
    {
        trigger: '.modal button[name="add_comment"]:contains("Approve")',
        run: "click",
    },
    { trigger: '.o_form_view:not(:has(button[name="action_approve"]))' },
    { trigger: current(after) },
];

tours.add("receivable_interest_review", { steps: () => approve("Approval Requested") });
tours.add("receivable_interest_decide", { steps: () => approve("Approved") });

// Accounting posts it, and opens the invoice.
tours.add("receivable_interest_post", {
    steps: () => [
        {
            trigger: note,
            run: "click",
        },
        {
            trigger: '.o_statusbar_buttons button[name="action_post"]',
            run: "click",
        },
        { trigger: current("Posted") },
        {
            trigger: 'button[name="action_open_invoice"]',
            run: "click",
        },
        {
            content: "The invoice of what is left",
            trigger: '.o_form_view .o_field_widget[name="name"]:contains("INV")',
        },
        {
            trigger: '.o_field_widget[name="tax_totals"]:contains("33.81"), .oe_subtotal_footer:contains("33.81")',
        },
    ],
});

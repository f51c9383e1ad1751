import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;

// The accountant asks all customers, looks at a letter and sends them.
tours.add("receivable_confirmation_send", {
    steps: () => [
        {
            content: "Nobody was asked yet",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "All customers",
            trigger: '.o_field_widget[name="scope"] input',
            run: "click",
        },
        {
            trigger: '.o_select_menu_item:contains("All with Open Items")',
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Make the letters",
            trigger: '.o_statusbar_buttons button[name="action_prepare"]',
            run: "click",
        },
        {
            content: "Each with its balance",
            trigger: '.o_list_view .o_data_row:contains("One & Co"):contains("350.00") td[name="name"]',
            run: "click",
        },
        {
            content: "The open items of the day",
            trigger: '.o_notebook .nav-link:contains("Open Items")',
            run: "click",
        },
        { trigger: '.o_field_widget[name="line_ids"] .o_data_row:contains("PO 7")' },
        {
            content: "Back to the campaign",
            trigger: '.breadcrumb-item a:contains("BCC/")',
            run: "click",
        },
        {
            trigger: '.o_statusbar_buttons button[name="action_send"]',
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        { trigger: current("Sent") },
    ],
});

// The customer does not agree with one invoice.
tours.add("receivable_confirmation_answer", {
    steps: () => [
        {
            content: "The item that is not in the customer's records",
            trigger: '#confirmation_form div:contains("PO 7") > details > summary',
            run: "click",
        },
        {
            trigger: "#confirmation_form details[open] input[type=checkbox]",
            run: "click",
        },
        {
            trigger: "#confirmation_form details[open] input[type=text]",
            run: "edit Not received",
        },
        {
            content: "Sent too early",
            trigger: '#confirmation_form button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is missing is said, and what was typed is still there",
            trigger: '#balance_confirmation:has(#confirmation_error) details[open] input[type="checkbox"]:checked',
        },
        {
            content: "The balance of the customer",
            trigger: '#confirmation_form input[value="disagree"]',
            run: "click",
        },
        {
            trigger: '#confirmation_form input[name^="own-"]',
            run: "edit 250.00",
        },
        {
            trigger: '#confirmation_form button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#confirmation_thanks" },
    ],
});

// Accounting finds whose error it is and asks for approval.
tours.add("receivable_reconciliation_fill", {
    steps: () => [
        {
            trigger: '.o_list_view .o_data_row:contains("One & Co") td[name="name"]',
            run: "click",
        },
        {
            content: "What is missing is said",
            trigger: '.o_credit_missing:contains("whose error")',
        },
        {
            content: "The item that the customer does not have",
            trigger: '.o_field_widget[name="line_ids"] .o_data_row td[name="fault"]',
            run: "click",
        },
        {
            trigger: '.o_field_widget[name="line_ids"] td[name="fault"] input',
            run: "click",
        },
        {
            trigger: '.o_select_menu_item:contains("Customer\'s Error")',
            run: "click",
        },
        {
            trigger: '.o_field_widget[name="line_ids"] td[name="remedy"] input',
            run: "edit Copy of the invoice sent",
        },
        {
            content: "Leave the row",
            trigger: ".o_form_view .oe_title",
            run: "click",
        },
        {
            trigger: '.o_statusbar_buttons button[name="action_request"]',
            run: "click",
        },
        { trigger: current("Approval Requested") },
    ],
});

const approve = (after) => [
    {
        trigger: '.o_list_view .o_data_row:contains("One & Co") td[name="name"]',
        run: "click",
    },
    {
        trigger: '.o_statusbar_buttons button[name="action_approve"]',
        run: "click",
    },
    {
        content: "The dialog says whose error it is",
        trigger: '.modal:contains("Customer\'s Error") button[name="add_comment"]:contains("Approve")',
        run: "click",
    },
    { trigger: '.o_form_view:not(:has(button[name="action_approve"]))' },
    { trigger: current(after) },
];

tours.add("receivable_reconciliation_review", { steps: () => approve("Approval Requested") });
tours.add("receivable_reconciliation_decide", { steps: () => approve("Approved") });

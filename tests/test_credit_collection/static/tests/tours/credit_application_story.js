import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;
const type = (name, value) => ({
    content: `${name}: ${value}`,
    trigger: `.o_field_widget[name="${name}"] input`,
    run: `edit ${value} && press Tab`,
});

// The salesperson files the application; the limit is proposed on typing.
tours.add("credit_application_salesperson", {
    steps: () => [
        {
            content: "Who applies",
            trigger: '.o_field_widget[name="partner_id"] input',
            run: "edit Brand New",
        },
        {
            content: "The new customer",
            trigger: '.o-autocomplete--dropdown-item a:contains("Brand New & Co")',
            run: "click",
        },
        {
            content: "He pays cash today",
            trigger: '.o_field_widget[name="current_control"]:contains("Cash Only")',
        },
        type("term_days", "30"),
        type("monthly_sales_expected", "20000"),
        type("registered_capital", "1000000"),
        {
            content: "One month, 20,000 a month: 40,000",
            trigger: '.o_field_widget[name="proposed_limit"]:contains("40,000.00")',
        },
        {
            content: "Apply",
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

const approve = (after) => [
    {
        content: "The application waits in the approver's list",
        trigger: '.o_list_view .o_data_row:contains("Brand New & Co") td[name="name"]',
        run: "click",
    },
    {
        content: "He sees the limit asked for",
        trigger: '.o_field_widget[name="limit"]:contains("40,000.00")',
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
    {
        content: "His turn is over",
        trigger: '.o_form_view:not(:has(button[name="action_approve"]))',
    },
    { trigger: current(after) },
];

tours.add("credit_application_approver", { steps: () => approve("Requested") });
tours.add("credit_application_last_approver", { steps: () => approve("Approved") });

tours.add("credit_application_first_order", {
    steps: () => [
        {
            content: "The order is within the new limit: confirm",
            trigger: '.o_statusbar_buttons button[name="action_confirm"]',
            run: "click",
        },
        { trigger: current("Sales Order") },
    ],
});

// Whoever checks later finds all of it on one page.
tours.add("credit_application_file", {
    steps: () => [
        {
            content: "The credit file of the new customer",
            trigger:
                '.o_data_row:contains("Brand New & Co") button[name="action_open_credit_file"]',
            run: "click",
        },
        {
            content: "Limit and chart",
            trigger: '.o_form_view:has(.o_field_widget[name="credit_behaviour_chart"] svg)',
        },
        {
            content: "The decision, from the application",
            trigger:
                '.o_field_widget[name="credit_file_decision_ids"] .o_data_row:contains("40,000.00")',
        },
    ],
});

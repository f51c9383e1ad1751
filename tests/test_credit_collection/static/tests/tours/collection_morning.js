import { registry } from "@web/core/registry";

const row = (name) => `.o_list_view .o_data_row:contains("${name}")`;

// The morning of a collector: read why, call, note the promise, open the next one.
registry.category("web_tour.tours").add("collection_morning", {
    steps: () => [
        {
            content: "The worklist begins with the customer where a call brings most",
            trigger: '.o_list_view .o_data_row:first:contains("Big Debtor")',
        },
        {
            content: "The customer's reason is shown",
            trigger: `${row("Big Debtor")} td[name="why"]:contains("5,000.00 overdue")`,
        },
        {
            content: "And the phone number",
            trigger: `${row("Big Debtor")} a[href="tel:+8621555500"]`,
        },
        {
            content: "Two are to be done",
            trigger: '.o_search_panel_category_value:contains("To Do"):contains("2")',
        },
        {
            content: "Note the promise",
            trigger: `${row("Big Debtor")} button[name="action_log_promise"]`,
            run: "click",
        },
        {
            content: "The dialog proposes all that is overdue",
            trigger: '.modal .o_field_widget[name="promise_open"]:contains("5,000.00")',
        },
        {
            content: "He promises a part",
            trigger: '.modal .o_field_widget[name="promise_amount"] input',
            run: "edit 3000",
        },
        {
            content: "Until a day",
            trigger: '.modal .o_field_widget[name="promise_date"] button, .modal .o_field_widget[name="promise_date"] input',
            run: "click",
        },
        {
            content: "Tomorrow or so",
            trigger: ".o_datetime_picker .o_today + .o_date_item_cell, .o_datetime_picker .o_date_item_cell:not(.o_out_of_range):last",
            run: "click",
        },
        {
            content: "The customer's statement",
            trigger: '.modal .o_field_widget[name="summary"] textarea',
            run: "edit The chief accountant is back tomorrow.",
        },
        {
            content: "Save",
            trigger: '.modal button[name="action_log"]',
            run: "click",
        },
        {
            content: "Back on the list, where it is done",
            trigger: `body:not(:has(.modal)) .o_list_view:not(:has(.o_data_row:contains("Big Debtor")))`,
        },
        {
            content: "What is done today",
            trigger: '.o_search_panel_category_value:contains("Done Today") header',
            run: "click",
        },
        {
            content: "With the statement",
            trigger: `${row("Big Debtor")} td[name="last_contact_label"]:contains("chief accountant")`,
        },
        {
            content: "Back to what is to do",
            trigger: '.o_search_panel_category_value:contains("To Do") header',
            run: "click",
        },
        {
            content: "Open the next one",
            trigger: `${row("Small Debtor")} td[name="partner_id"]`,
            run: "click",
        },
        {
            content: "With the open items",
            trigger: '.o_form_view .o_field_widget[name="item_ids"] .o_data_row:contains("400.00")',
        },
    ],
});

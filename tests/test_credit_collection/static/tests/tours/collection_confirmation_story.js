import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;

// By the link of the mail, without log-in: incomplete at first, then handed in.
tours.add("collection_sheet_link", {
    steps: () => [
        {
            content: "The amount is right",
            trigger: '.o_collection_sheet input[type="radio"][value="right"]',
            run: "click",
        },
        {
            content: "Why it is overdue",
            trigger: '.o_collection_sheet select[name^="reason_id"]',
            run: "selectByLabel Quality",
        },
        {
            content: "Hand in too early",
            trigger: '.o_collection_sheet button[value="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is missing is said",
            trigger: '#sheet_missing, .card:contains("Missing: Specific Reason")',
        },
        {
            content: "What was typed is still there",
            trigger: '.o_collection_sheet input[value="right"]:checked',
        },
        {
            content: "The specific reason",
            trigger: '.o_collection_sheet input[name^="reason_note"]',
            run: "edit Colour is off",
        },
        {
            content: "How likely it is paid, and how much: nothing is filled in",
            trigger: '.o_collection_sheet select[name^="likelihood"]',
            run: "selectByLabel Likely",
        },
        {
            trigger: '.o_collection_sheet input[name^="amount_expected"][value=""]',
            run: "edit 450",
        },
        {
            content: "When the money comes",
            trigger: '.o_collection_sheet input[name^="date_expected"]',
            run() {
                const day = new Date();
                day.setDate(day.getDate() + 9);
                this.anchor.value = day.toISOString().slice(0, 10);
            },
        },
        {
            content: "Hand in",
            trigger: '.o_collection_sheet button[value="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#sheet_thanks" },
    ],
});

// The same in Odoo.
tours.add("collection_sheet_salesperson", {
    steps: () => [
        {
            content: "One answer for all items",
            trigger: '.o_statusbar_buttons button[name="action_fill"]',
            run: "click",
        },
        {
            content: "Why they are overdue",
            trigger: '.o_dialog .o_field_widget[name="reason_id"] input',
            run: "edit Plain",
        },
        {
            trigger: '.o-autocomplete--dropdown-item a:contains("Default without any reason")',
            run: "click",
        },
        {
            content: "The specific reason",
            trigger: '.o_dialog .o_field_widget[name="reason_note"] input',
            run: "edit They have no money",
        },
        {
            content: "How likely it is paid, and how much of it",
            trigger: '.o_dialog .o_field_widget[name="likelihood"] .o_select_menu_toggler',
            run: "click",
        },
        {
            trigger: '.o_select_menu_item:contains("Doubtful")',
            run: "click",
        },
        {
            trigger: '.o_dialog .o_field_widget[name="percent"] input',
            run: "edit 40",
        },
        {
            content: "When the money comes",
            trigger: '.o_dialog .o_field_widget[name="date_expected"] input',
            run() {
                this.anchor.click();
            },
        },
        {
            trigger: ".o_datetime_picker .o_next",
            run: "click",
        },
        {
            trigger: '.o_datetime_picker .o_date_item_cell:not(.o_out_of_range):contains("28")',
            run: "click",
        },
        {
            content: "Enter it",
            trigger: '.o_dialog button[name="action_apply"]',
            run: "click",
        },
        { trigger: "body:not(:has(.o_dialog))" },
        {
            content: "The amount is right: typed in the list",
            trigger: '.o_field_widget[name="line_ids"] .o_data_row td[name="figures"]',
            run: "click",
        },
        {
            trigger: '.o_data_row .o_field_widget[name="figures"] .o_select_menu_toggler',
            run: "click",
        },
        {
            trigger: '.o_select_menu_item:contains("Correct")',
            run: "click",
        },
        {
            content: "Nothing is missing",
            trigger: '.o_form_button_save',
            run: "click",
        },
        { trigger: ".o_form_saved, .o_form_status_indicator:not(:has(.o_form_button_save:visible))" },
        {
            content: "Hand in",
            trigger: '.o_statusbar_buttons button[name="action_submit"]',
            run: "click",
        },
        { trigger: current("Answered") },
        {
            content: "They do not assign",
            trigger: '.o_form_view:not(:has(button[name="action_route"]))',
        },
    ],
});

// Finance says who deals with it.
tours.add("collection_sheet_finance", {
    steps: () => [
        {
            content: "The answer waits in the list",
            trigger: '.o_list_view .o_data_row:contains("Salesperson") td[name="name"]',
            run: "click",
        },
        {
            content: "Who deals with it",
            trigger: '.o_notebook_headers a:contains("Assignment")',
            run: "click",
        },
        {
            content: "As proposed: measures, with a letter; and a visit",
            trigger:
                '.o_notebook_content .tab-pane.active .o_data_row td[name="route"]:contains("Collection Actions")',
            run: "click",
        },
        {
            trigger: '.o_data_row td[name="measure_visit"] input',
            run: "click",
        },
        {
            content: "Assign",
            trigger: '.o_statusbar_buttons button[name="action_route"]',
            run: "click",
        },
        { trigger: current("Assigned") },
    ],
});

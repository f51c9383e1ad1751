import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;
// Rows by number: "Cooperation" is in "Length of business relationship" too.
const row = (number) => `.o_field_widget[name="score_ids"] .o_data_row:eq(${number})`;

// Pick an option of a criterion as a reviewer does: click the row, choose.
const choose = (number, option) => [
    {
        content: `Score criterion ${number}`,
        trigger: `${row(number)} td[name="option_id"]`,
        run: "click",
    },
    {
        content: "Open the options",
        trigger: `${row(number)} td[name="option_id"] input`,
        run: "click",
    },
    {
        content: `Choose ${option}`,
        trigger: `.o-autocomplete--dropdown-item a:contains("${option}")`,
        run: "click",
    },
    {
        content: "It is chosen",
        trigger: `${row(number)} td[name="option_id"] input:value("${option}")`,
    },
];

tours.add("credit_assessment_controller_starts", {
    steps: () => [
        { trigger: current("Draft") },
        {
            content: "Start",
            trigger: '.o_statusbar_buttons button[name="action_start"]',
            run: "click",
        },
        { trigger: current("Scoring") },
        {
            content: "The criteria",
            trigger: 'a.nav-link[name="criteria"]',
            run: "click",
        },
        {
            content: "What the books say is filled in",
            trigger: '.o_field_widget[name="line_ids"] .o_data_row:contains("days late on average")',
        },
        {
            content: "Nobody has handed in",
            trigger: '.o_field_widget[name="progress"]:contains("0 of 2")',
        },
    ],
});

tours.add("credit_assessment_reviewer", {
    steps: () => [
        {
            content: "The reviewer finds the sheet in the list",
            trigger: '.o_list_view .o_data_row:contains("Assessed") td[name="assessment_id"]',
            run: "click",
        },
        {
            content: "The books propose speed and length",
            trigger: `${row(1)}:contains("15 · Slower than agreed")`,
        },
        ...choose(0, "25 · Runs smoothly"),
        ...choose(3, "20 · Can be talked to and cooperates"),
        {
            content: "Hand in",
            trigger: '.o_statusbar_buttons button[name="action_submit"]',
            run: "click",
        },
        { trigger: current("Submitted") },
        {
            content: "Nothing can be changed any more",
            trigger: '.o_field_widget.o_readonly_modifier[name="score_ids"]',
        },
    ],
});

tours.add("credit_assessment_reviewer_is_blind", {
    steps: () => [
        {
            content: "The assessment shows the reviewer only the own sheet",
            trigger: 'a.nav-link[name="scores"]',
            run: "click",
        },
        {
            content: "His own is there, the other's is not",
            trigger:
                '.o_field_widget[name="sheet_ids"]:contains("Second Reviewer"):not(:contains("First Reviewer"))',
        },
        {
            content: "The sheet opens from here",
            trigger: '.o_statusbar_buttons button[name="action_open_my_sheet"]',
            run: "click",
        },
        { trigger: '.o_statusbar_buttons button[name="action_submit"]' },
        ...choose(0, "10 · Hard to carry out"),
        ...choose(3, "20 · Can be talked to and cooperates"),
        {
            content: "Hand in",
            trigger: '.o_statusbar_buttons button[name="action_submit"]',
            run: "click",
        },
        { trigger: current("Submitted") },
    ],
});

tours.add("credit_assessment_controller_closes", {
    steps: () => [
        { trigger: '.o_field_widget[name="progress"]:contains("2 of 2")' },
        {
            content: "Close",
            trigger: '.o_statusbar_buttons button[name="action_close"]',
            run: "click",
        },
        { trigger: current("Completed") },
        {
            content: "The average and the grade",
            trigger: '.o_field_widget[name="score"]:contains("67.5")',
        },
        { trigger: '.o_field_widget[name="grade_id"]:contains("C")' },
        {
            content: "Now everybody's scores are shown",
            trigger: 'a.nav-link[name="scores"]',
            run: "click",
        },
        {
            trigger:
                '.o_field_widget[name="sheet_ids"]:contains("First Reviewer"):contains("Second Reviewer")',
        },
    ],
});

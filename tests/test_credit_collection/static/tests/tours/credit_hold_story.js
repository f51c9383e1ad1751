import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const current = (text) => `.o_statusbar_status .o_arrow_button_current:contains("${text}")`;

// The salesperson confirms, reads why the order is parked, and applies for its release.
tours.add("credit_story_salesperson", {
    steps: () => [
        {
            content: "Before confirming, the order says what will happen",
            trigger: '.o_credit_banner:contains("Confirming this order will put it on hold")',
        },
        {
            content: "With the figures, for somebody without accounting rights",
            trigger: '.o_credit_banner:contains("1,600.00"):contains("1,000.00")',
        },
        {
            content: "Confirm",
            trigger: '.o_statusbar_buttons button[name="action_confirm"]',
            run: "click",
        },
        {
            content: "A notification names the parked order",
            trigger: '.o_notification:contains("S0")',
        },
        {
            content: "The order is parked, with its reason and its cure",
            trigger: '.o_credit_banner:contains("On credit hold"):contains("600.00")',
        },
        {
            content: "And is still a quotation",
            trigger: current("Quotation"),
        },
        {
            content: "Apply for release",
            trigger: '.o_statusbar_buttons button[name="action_open_credit_hold"]',
            run: "click",
        },
        {
            content: "The hold shows the broken rule",
            trigger: '.o_field_widget[name="reason_ids"] .o_data_row:contains("1,000.00")',
        },
        {
            content: "Reason B: a repayment plan",
            trigger: '.o_field_widget[name="release_reason"] .o_radio_input[data-value="plan"]',
            run: "click",
        },
        {
            content: "An agreement can be named",
            trigger: '.o_field_widget[name="agreement_id"]',
        },
        {
            content: "The plan in words",
            trigger: '.o_field_widget[name="release_note"] textarea',
            run: "edit Pays 500 each month until May.",
        },
        {
            content: "Apply",
            trigger: '.o_statusbar_buttons button[name="action_request_release"]',
            run: "click",
        },
        {
            content: "The application is on its way",
            trigger: current("Requested"),
        },
        {
            content: "It cannot be changed any more",
            trigger: '.o_field_widget.o_readonly_modifier[name="release_note"]:contains("500")',
        },
        {
            content: "The applicant has no button to approve",
            trigger: '.o_form_view:not(:has(button[name="action_approve"]))',
        },
    ],
});

const approve = (after) => [
    {
        content: "The application waits in the approver's list",
        trigger: '.o_list_view .o_data_row:contains("Narrow & Sons") td[name="name"]',
        run: "click",
    },
    {
        content: "He sees the plan and the figures",
        trigger: '.o_field_widget[name="release_note"]:contains("500")',
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
    {
        content: "And the hold is where it must be",
        trigger: current(after),
    },
];

tours.add("credit_story_approver", { steps: () => approve("Requested") });
tours.add("credit_story_last_approver", { steps: () => approve("Released") });

tours.add("credit_story_confirmed", {
    steps: () => [
        {
            content: "The order is confirmed",
            trigger: current("Sales Order"),
        },
        {
            content: "The decision is one click away",
            trigger: 'button[name="action_open_credit_holds"]',
            run: "click",
        },
        {
            content: "Released, and kept with it who decided",
            trigger: '.o_form_view .o_arrow_button_current:contains("Released")',
        },
    ],
});

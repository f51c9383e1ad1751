import { registry } from "@web/core/registry";

// The calendar of the dialog and the buttons below it can be used at once.
registry.category("web_tour.tours").add("receivable_ageing_calendar", {
    steps: () => [
        {
            content: "Open the calendar",
            trigger: ".modal .o_field_widget[name=date] .o_input, .modal .o_field_widget[name=date] button",
            run: "click",
        },
        {
            content: "It covers no button",
            trigger: ".o_datetime_picker",
            run() {
                const calendar = document.querySelector(".o_datetime_picker").getBoundingClientRect();
                for (const button of document.querySelectorAll(".modal footer button")) {
                    const box = button.getBoundingClientRect();
                    if (box.right > calendar.left && box.bottom > calendar.top && box.top < calendar.bottom) {
                        throw new Error(`The calendar covers ${button.innerText}`);
                    }
                }
            },
        },
        {
            content: "One click on a button is enough",
            trigger: ".modal footer button[name=action_open_items]",
            run: "click",
        },
        {
            content: "The items",
            trigger: ".o_list_view",
        },
    ],
});

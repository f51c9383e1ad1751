import { registry } from "@web/core/registry";

const block = (key) => `.o_credit_overview [data-block="${key}"]`;
const back = {
    content: "Back to the overview",
    trigger: '.o_breadcrumb a:contains("Overview"), .o_back_button a, .o_back_button',
    run: "click",
};

// A controller in the morning: what waits, who is over the limit, how old the holds are.
registry.category("web_tour.tours").add("insight_overview_controller", {
    steps: () => [
        {
            content: "Nothing to decide is said in words",
            trigger: `${block("decide")}:contains("Nothing waits for your decision.")`,
        },
        {
            content: "One customer is over the limit",
            trigger: `${block("credit")} [data-row="over"]:contains("1")`,
        },
        {
            content: "Charts are drawn",
            trigger: `${block("credit")} canvas[aria-label="Orders on Hold by Age"]`,
        },
        {
            content: "Open the held order",
            trigger: `${block("credit")} [data-row="held"]`,
            run: "click",
        },
        {
            content: "Its hold stands in the list",
            trigger: '.o_list_view .o_data_row:contains("Late")',
        },
        back,
        {
            content: "Open the amount of an age",
            trigger: `${block("credit")} ul [data-row="age_1"]`,
            run: "click",
        },
        {
            content: "The same hold",
            trigger: '.o_list_view .o_data_row:contains("Late")',
        },
        back,
        {
            content: "Open the limits that end",
            trigger: `${block("credit")} [data-row="limit_end"]`,
            run: "click",
        },
        {
            content: "The customer whose limit ends",
            trigger: '.o_list_view .o_data_row:contains("Near")',
        },
    ],
});

// A salesperson: from the menu of Sales to the own overdue items, by the keyboard's way, too.
registry.category("web_tour.tours").add("insight_overview_sales", {
    steps: () => [
        {
            content: "What the customers owe",
            trigger: `${block("sales")} [data-row="my_overdue"]:contains("650.00")`,
        },
        {
            content: "No block of another role",
            trigger: '.o_credit_overview:not(:has([data-block="receivables"])):not(:has([data-block="credit"]))',
        },
        {
            content: "Open the items",
            trigger: `${block("sales")} [data-row="my_overdue"]`,
            run: "click",
        },
        {
            content: "Only those of own customers",
            trigger: '.o_list_view:has(.o_data_row:contains("Late")):not(:has(.o_data_row:contains("Theirs")))',
        },
    ],
});

// On a phone nothing stands outside the screen.
registry.category("web_tour.tours").add("insight_overview_phone", {
    steps: () => [
        {
            content: "The page is as wide as the screen",
            trigger: `${block("sales")} [data-row="my_overdue"]`,
            run() {
                const page = document.querySelector(".o_credit_overview");
                if (page.scrollWidth > page.clientWidth) {
                    throw new Error(`${page.scrollWidth} px wide, ${page.clientWidth} px shown`);
                }
            },
        },
    ],
});

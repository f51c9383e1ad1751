import { registry } from "@web/core/registry";

const block = (key) => `.o_credit_glance [data-block="${key}"]`;

// From the form of a customer, case, hold or order to the same page.
registry.category("web_tour.tours").add("insight_glance_open", {
    steps: () => [
        {
            content: "Open the page from the form",
            trigger: '.o_form_view .oe_stat_button:contains("At a Glance")',
            run: "click",
        },
        {
            content: "It is of the customer",
            trigger: '.o_credit_glance [data-row="customer"]:contains("Late")',
        },
        {
            content: "The limit is a sum",
            trigger: `${block("credit")} [data-row="part_1"]:contains("G-7")`,
        },
        {
            content: "Open the overdue items",
            trigger: `${block("owed")} [data-row="overdue"]:contains("650.00")`,
            run: "click",
        },
        {
            content: "They stand in the ledger",
            trigger: '.o_list_view .o_data_row:contains("Late")',
        },
    ],
});

// A collector reads on with the keyboard, opens a call, comes back, prints.
registry.category("web_tour.tours").add("insight_glance_read", {
    steps: () => [
        {
            content: "The page is the first of its path, and has its name",
            trigger: ".o_credit_glance",
            run() {
                const path = document.querySelector(".o_breadcrumb").innerText.trim();
                if (path !== "Customer at a Glance") {
                    throw new Error(`The path reads: ${path}`);
                }
            },
        },
        {
            content: "The next step has its reason",
            trigger: `${block("step")}:contains("overdue, oldest")`,
        },
        {
            content: "Charts are drawn",
            trigger: `${block("owed")} canvas[aria-label="Aging"]`,
        },
        {
            content: "The next page of the timeline",
            trigger: ".o_credit_glance_more",
            run: "click",
        },
        {
            content: "The keyboard goes on at its first row",
            trigger: `${block("timeline")} li:nth-child(21) button:focus`,
        },
        {
            content: "Nothing is left",
            trigger: `${block("timeline")}:not(:has(.o_credit_glance_more))`,
        },
        {
            content: "Open a call",
            trigger: `${block("timeline")} button:contains("Pays on Friday")`,
            run: "click",
        },
        {
            content: "Its form",
            trigger: ".o_form_view .o_form_sheet",
        },
        {
            content: "Back",
            trigger: ".o_breadcrumb a:last, .o_back_button",
            run: "click",
        },
        {
            content: "The page is there again, of the same customer",
            trigger: '.o_credit_glance [data-row="customer"]:contains("Late")',
        },
        {
            content: "It prints",
            trigger: ".o_credit_glance_print",
        },
    ],
});

// On a phone nothing stands outside the screen.
registry.category("web_tour.tours").add("insight_glance_phone", {
    steps: () => [
        {
            content: "The page is as wide as the screen",
            trigger: `${block("timeline")} li`,
            run() {
                const page = document.querySelector(".o_credit_glance");
                if (page.scrollWidth > page.clientWidth) {
                    throw new Error(`${page.scrollWidth} px wide, ${page.clientWidth} px shown`);
                }
            },
        },
    ],
});

// Opened from a document of another company, and opened again by its address.
registry.category("web_tour.tours").add("insight_glance_elsewhere", {
    steps: () => [
        {
            content: "Open the page from the case",
            trigger: '.o_form_view .oe_stat_button:contains("At a Glance")',
            run: "click",
        },
        {
            content: "It is of the company of the case",
            trigger: '.o_credit_glance:contains("company_1_data")',
            run() {
                window.location.reload();
            },
            expectUnloadPage: true,
        },
        {
            content: "Still",
            trigger: '.o_credit_glance:contains("company_1_data")',
        },
    ],
});

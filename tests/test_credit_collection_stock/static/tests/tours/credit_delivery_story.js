import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const VALIDATE = '.o_statusbar_buttons button[name="button_validate"]:visible';

// The warehouse validates a delivery of a frozen customer: it waits, and says so in one sentence.
tours.add("credit_delivery_stopped", {
    steps: () => [
        {
            content: "Validate",
            trigger: VALIDATE,
            run: "click",
        },
        {
            content: "A notification names the delivery",
            trigger: '.o_notification:contains("must not leave")',
        },
        {
            content: "The transfer says why it waits, and who sells",
            trigger: '.alert-danger:contains("Do not ship: on credit hold"):contains("Salesperson")',
        },
        {
            content: "It is as ready as before",
            trigger: '.o_statusbar_status .o_arrow_button_current:contains("Ready")',
        },
    ],
});

// Released: the same button, and the goods leave.
tours.add("credit_delivery_released", {
    steps: () => [
        {
            content: "The transfer says that it was released",
            trigger: '.alert-success:contains("released this delivery")',
        },
        {
            content: "Validate",
            trigger: VALIDATE,
            run: "click",
        },
        {
            content: "The goods have left",
            trigger: '.o_statusbar_status .o_arrow_button_current:contains("Done")',
        },
    ],
});

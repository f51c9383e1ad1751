import { registry } from "@web/core/registry";

// By the link of the hold, without log-in: the amount is fixed, the customer pays it.
registry.category("web_tour.tours").add("credit_pay_to_release", {
    steps: () => [
        {
            content: "The amount that clears the hold",
            trigger: '#o_payment_form_pay, .o_payment_form, body:contains("100.00")',
        },
        {
            content: "Pay",
            trigger: 'button[name="o_payment_submit_button"]:not(:disabled)',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The provider has taken over",
            trigger: "div[name='o_payment_status']",
        },
    ],
});

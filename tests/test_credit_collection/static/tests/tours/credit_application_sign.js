import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A customer reads the terms that were sent, and signs.
tours.add("credit_application_sign", {
    steps: () => [
        {
            content: "One application waits on the home page",
            trigger: 'a[href="/my/credit-applications"]:contains("Credit applications to sign")',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is in the list",
            trigger: ".o_portal_my_doc_table tr:contains('To sign') a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The terms asked for",
            trigger: '#credit_application_terms:contains("40,000.00"):contains("30 days after the invoice")',
        },
        { content: "Sign", trigger: "#credit_application_sign", run: "click" },
        {
            content: "His name",
            trigger: '#credit_sign .o_web_sign_name_group input[name="signer"]',
            run: "edit Lin Tao",
        },
        {
            content: "Drawn from the name",
            trigger: "#credit_sign .o_web_sign_auto_select_style button",
            run: "click",
        },
        {
            content: "In this hand",
            trigger: "#credit_sign .o-dropdown-item:eq(1), .o-dropdown-item:eq(1)",
            run: "click",
        },
        {
            content: "Accept and sign",
            trigger: "#credit_sign .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Thank you", trigger: '#credit_application_signed:contains("Lin Tao")' },
        { content: "His signature", trigger: "#credit_application_signature img" },
        { trigger: "body:not(:has(#credit_application_sign))" },
    ],
});

tours.add("credit_application_decline", {
    steps: () => [
        {
            trigger: ".o_portal_my_doc_table tr:contains('To sign') a",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "No", trigger: "#credit_application_decline", run: "click" },
        {
            content: "And why",
            trigger: "#credit_decline_reason",
            run: "edit We need 60 days",
        },
        {
            trigger: "#credit_decline button.btn-danger",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is said", trigger: "#credit_application_declined" },
    ],
});
